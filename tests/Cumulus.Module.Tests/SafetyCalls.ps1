# Dot-sourced by Safety.Tests.ps1: one call of each command that writes, in the sandbox of that file, which would change something
# without -WhatIf. A newcomer adds its line.
$calls = @(
    @{ Name = 'Confirm-InstalledBundle'; Call = 'Confirm-InstalledBundle -RootPath ./unconfirmed' }
    @{ Name = 'Deploy-Environment'; Call = 'Deploy-Environment new -Version 1' }
    @{ Name = 'Expand-Bundle'; Call = 'Expand-Bundle ./bundles/bundle-stage-1-web.zip -DestinationPath ./expanded' }
    @{ Name = 'Install-Bundle'; Call = 'Install-Bundle -Environment stage -Version 2 -Name web -Bucket safety-bundles -RootPath ./host' }
    @{ Name = 'New-Bundle'; Call = 'New-Bundle stage -Version 3 -DestinationPath ./elsewhere' }
    @{ Name = 'New-BundleKey'; Call = 'New-BundleKey ./key.pem' }
    @{ Name = 'Publish-Bundle'; Call = 'Publish-Bundle -Path ./other/bundle-stage-9-web.zip' }
    @{ Name = 'Register-BundleHandler'; Call = 'Register-BundleHandler -RootPath ./image -ModulePath /opt/cumulus' }
    @{ Name = 'Remove-Bundle'; Call = 'Remove-Bundle stage -Version 1 -Force' }
    @{ Name = 'Remove-Environment'; Call = 'Remove-Environment stage -Force' }
    @{ Name = 'Restore-InstalledBundle'; Call = 'Restore-InstalledBundle -RootPath ./host' }
    @{ Name = 'Save-Bundle'; Call = 'Save-Bundle stage -Version 1 -DestinationPath ./saved' }
    @{ Name = 'Start-LocalCloud'; Call = 'Start-LocalCloud -Path ./second' }
    @{ Name = 'Stop-LocalCloud'; Call = 'Stop-LocalCloud -Path ./cloud' }
    @{ Name = 'Uninstall-Bundle'; Call = 'Uninstall-Bundle web -RootPath ./host' }
    @{ Name = 'Unregister-BundleHandler'; Call = 'Unregister-BundleHandler -RootPath ./registered' }
)
