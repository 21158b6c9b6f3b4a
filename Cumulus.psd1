@{
    RootModule           = 'Cumulus.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = 'c0a3b1f6-6f0e-4d43-9d7e-2b8f5a1c9e64'
    Author               = 'The Cumulus contributors'
    CompanyName          = 'Cumulus'
    Copyright            = 'Copyright the Cumulus contributors. Licensed under the Apache License 2.0.'
    Description          = 'Deployments to AWS that are scriptable, repeatable and safe: bundles, CloudFormation environments, and the hosts that install what they are told.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('Cumulus.format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Compare-Bundle'
        'Compare-Environment'
        'Confirm-InstalledBundle'
        'Connect-Cumulus'
        'Convert-CumulusConfiguration'
        'Deploy-Environment'
        'Expand-Bundle'
        'Get-Bundle'
        'Get-BundleContent'
        'Get-BundleHandlerReport'
        'Get-CumulusConfiguration'
        'Get-Environment'
        'Get-EnvironmentDeployment'
        'Get-EnvironmentStack'
        'Get-InstalledBundle'
        'Get-LocalCloud'
        'Get-LocalCloudCall'
        'Get-LocalCloudFault'
        'Get-LocalCloudHost'
        'Get-StackDrift'
        'Get-StackEvent'
        'Get-StackOutput'
        'Get-StackResource'
        'Install-Bundle'
        'Invoke-Rollback'
        'New-Bundle'
        'New-BundleKey'
        'New-CumulusConfiguration'
        'Publish-Bundle'
        'Register-BundleHandler'
        'Remove-Bundle'
        'Remove-Environment'
        'Remove-LocalCloudFault'
        'Restore-InstalledBundle'
        'Resume-StackRollback'
        'Save-Bundle'
        'Set-LocalCloudFault'
        'Start-LocalCloud'
        'Step-LocalCloudClock'
        'Stop-LocalCloud'
        'Stop-StackUpdate'
        'Test-Bundle'
        'Test-CumulusConfiguration'
        'Test-Environment'
        'Test-InstalledBundle'
        'Test-StackTemplate'
        'Uninstall-Bundle'
        'Unlock-Environment'
        'Unregister-BundleHandler'
        'Wait-EnvironmentDeployment'
    )
    PrivateData          = @{
        PSData = @{
            Tags       = @('AWS', 'CloudFormation', 'Deployment', 'EC2', 'S3', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
            LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0'
        }
    }
}
