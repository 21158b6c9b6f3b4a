<#
.SYNOPSIS
    Runs the module's suite on the built module. The last line says how it went.
#>
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/Common.ps1

foreach ($built in @($ModulePath; $FixturePath; $ForeignPaths)) {
    if (-not (Test-Path -LiteralPath $built)) {
        throw "'$built' is missing: run ./build.sh build first."
    }
}

Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration

# A file that does not even load has no failed test, and is a failure all the same.
$failed = $result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount
"$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit [int]($failed -gt 0 -or $result.PassedCount -eq 0)
