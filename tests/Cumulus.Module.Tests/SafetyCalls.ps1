# Dot-sourced by Safety.Tests.ps1: one call of each command that writes, in the sandbox of that file, which would change something
# without -WhatIf. A newcomer adds its line.
# Previews: it shows the true plan, by change sets that it takes away again.
$calls = @(
    @{ Name = 'Confirm-InstalledBundle'; Call = 'Confirm-InstalledBundle -RootPath ./unconfirmed' }
    @{ Name = 'Convert-CumulusConfiguration'; Call = 'Convert-CumulusConfiguration ./old/cumulus.conf' }
    @{ Name = 'Copy-GhostApplication'; Call = 'Copy-GhostApplication shop prod front -ToEnv test' }
    @{ Name = 'Deploy-Environment'; Call = 'Deploy-Environment new -Version 1'; Previews = $true }
    @{ Name = 'Deploy-GhostApplication'; Call = 'Deploy-GhostApplication shop/prod/front' }
    @{ Name = 'Expand-Bundle'; Call = 'Expand-Bundle ./bundles/bundle-stage-1-web.zip -DestinationPath ./expanded' }
    @{ Name = 'Export-GhostApplication'; Call = 'Export-GhostApplication shop/prod/front -Path ./definitions' }
    @{ Name = 'Import-GhostApplication'; Call = 'Import-GhostApplication ./exported/shop-dev-front.yml' }
    @{ Name = 'Install-Bundle'; Call = 'Install-Bundle -Environment stage -Version 2 -Name web -Bucket safety-bundles -RootPath ./host' }
    @{ Name = 'Install-GhostModule'; Call = 'Install-GhostModule -Application shop/prod/front -Bucket safety-bundles -RootPath ./fresh' }
    @{ Name = 'Invoke-GhostRollback'; Call = 'Invoke-GhostRollback shop/prod/front' }
    @{ Name = 'Invoke-GhostScript'; Call = 'Invoke-GhostScript shop/prod/front -Script ''uptime''' }
    @{ Name = 'Invoke-Rollback'; Call = 'Invoke-Rollback stage -Force'; Previews = $true }
    @{ Name = 'New-Bundle'; Call = 'New-Bundle stage -Version 3 -DestinationPath ./elsewhere' }
    @{ Name = 'New-BundleKey'; Call = 'New-BundleKey ./key.pem' }
    @{ Name = 'New-CumulusConfiguration'; Call = 'New-CumulusConfiguration ./first.yml -IncludeSchema' }
    @{ Name = 'New-GhostApplication'; Call = 'New-GhostApplication blog prod front -VpcId vpc-0a1b2c3d -InstanceType t3.small -SourceImage ami-0a1b2c3d -BuildSubnetId subnet-0a1b2c3d -Region eu-west-1' }
    @{ Name = 'New-GhostImage'; Call = 'New-GhostImage shop/prod/front' }
    @{ Name = 'Publish-Bundle'; Call = 'Publish-Bundle -Path ./other/bundle-stage-9-web.zip' }
    @{ Name = 'Register-BundleHandler'; Call = 'Register-BundleHandler -RootPath ./image -ModulePath /opt/cumulus' }
    @{ Name = 'Remove-Bundle'; Call = 'Remove-Bundle stage -Version 8 -Force' }
    @{ Name = 'Remove-Environment'; Call = 'Remove-Environment stage -Force' }
    @{ Name = 'Remove-GhostApplication'; Call = 'Remove-GhostApplication shop/spare/front -Force' }
    @{ Name = 'Remove-GhostImage'; Call = 'Remove-GhostImage shop/prod/front -StatePath ./team -KeepLast 0 -Force' }
    @{ Name = 'Remove-GhostJob'; Call = 'Remove-GhostJob -KeepLast 1 -Force' }
    @{ Name = 'Remove-LocalCloudFault'; Call = 'Remove-LocalCloudFault hung -Path ./cloud' }
    @{ Name = 'Restore-GhostModule'; Call = 'Restore-GhostModule site -RootPath ./instance' }
    @{ Name = 'Restore-InstalledBundle'; Call = 'Restore-InstalledBundle -RootPath ./host' }
    @{ Name = 'Resume-GhostJob'; Call = 'Resume-GhostJob shop/prod/front' }
    @{ Name = 'Resume-StackRollback'; Call = 'Resume-StackRollback broken topic' }
    @{ Name = 'Save-Bundle'; Call = 'Save-Bundle stage -Version 1 -DestinationPath ./saved' }
    @{ Name = 'Set-GhostApplication'; Call = 'Set-GhostApplication shop/prod/front -Value @{ instance_type = ''t3.large'' }' }
    @{ Name = 'Set-LocalCloudFault'; Call = 'Set-LocalCloudFault Throttle -Service s3 -Id more -Path ./cloud' }
    @{ Name = 'Start-LocalCloud'; Call = 'Start-LocalCloud -Path ./second' }
    @{ Name = 'Step-LocalCloudClock'; Call = 'Step-LocalCloudClock 90 -Path ./cloud' }
    @{ Name = 'Stop-GhostJob'; Call = 'Stop-GhostJob * -StatePath ./team -NoWait' }
    @{ Name = 'Stop-LocalCloud'; Call = 'Stop-LocalCloud -Path ./cloud' }
    @{ Name = 'Stop-StackUpdate'; Call = 'Stop-StackUpdate hung topic' }
    @{ Name = 'Uninstall-Bundle'; Call = 'Uninstall-Bundle web -RootPath ./host' }
    @{ Name = 'Unlock-Environment'; Call = 'Unlock-Environment held -Force' }
    @{ Name = 'Unregister-BundleHandler'; Call = 'Unregister-BundleHandler -RootPath ./registered' }
)
