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
        'Confirm-InstalledBundle'
        'Connect-Cumulus'
        'Deploy-Environment'
        'Expand-Bundle'
        'Get-Bundle'
        'Get-BundleContent'
        'Get-BundleHandlerReport'
        'Get-CumulusConfiguration'
        'Get-Environment'
        'Get-EnvironmentStack'
        'Get-InstalledBundle'
        'Get-LocalCloudHost'
        'Get-StackOutput'
        'Install-Bundle'
        'New-Bundle'
        'New-BundleKey'
        'Publish-Bundle'
        'Register-BundleHandler'
        'Remove-Bundle'
        'Remove-Environment'
        'Restore-InstalledBundle'
        'Save-Bundle'
        'Start-LocalCloud'
        'Stop-LocalCloud'
        'Test-Bundle'
        'Test-InstalledBundle'
        'Uninstall-Bundle'
        'Unregister-BundleHandler'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('AWS', 'CloudFormation', 'Deployment', 'EC2', 'S3', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
            LicenseUri   = 'https://www.apache.org/licenses/LICENSE-2.0'
            ReleaseNotes = 'CHANGELOG.md, which lies in the folder of the module, has what changed in each version.'
        }
    }
}
