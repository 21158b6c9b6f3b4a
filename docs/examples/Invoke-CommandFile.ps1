<#
.SYNOPSIS
    Runs a file of Cumulus commands line by line, as a person would type them.
.DESCRIPTION
    Comment lines are shown as headings, each command is shown before it runs, and the first failure ends the run.
    `cumulus -File` does the same where there is no PowerShell.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    # The built module.
    [string] $Module = (Join-Path $PSScriptRoot '..' '..' 'out' 'Cumulus')
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
if ([Console]::IsOutputRedirected) {
    $PSStyle.OutputRendering = 'PlainText'
    $ProgressPreference = 'SilentlyContinue'
}

Import-Module $Module

foreach ($line in Get-Content -LiteralPath $Path) {
    if ($line -match '^#\s*(?<heading>.*)$') {
        "`n$($PSStyle.Bold)$($Matches.heading)$($PSStyle.Reset)" | Out-Host
    }
    elseif ($line.Trim()) {
        "$($PSStyle.Foreground.BrightBlack)> $line$($PSStyle.Reset)" | Out-Host
        try {
            # The file is part of this repository, and running its lines is the purpose.
            Invoke-Expression $line | Out-Host
        }
        catch {
            $_ | Out-Host
            exit 1
        }
    }
}
