BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/HelpPages.ps1

    # The PowerShell of one chapter of the guide, as it stands there.
    function Get-GuideCode([string] $Chapter) {
        $text = [IO.File]::ReadAllText((Join-Path $RepositoryRoot docs guides localcloud.md)).ReplaceLineEndings("`n")
        $part = (Get-PagePart $text '##')[$Chapter]
        @([regex]::Matches($part, '(?ms)^```powershell\n(.*?)^```') | ForEach-Object { $_.Groups[1].Value })
    }
}

Describe 'the guide to LocalCloud' {
    It 'rehearses a failing deployment as it is written' {
        $folder = Join-Path $TestDrive "webshop-$(New-Guid)"
        Copy-Item (Join-Path $RepositoryRoot docs examples webshop) $folder -Recurse
        $first, $second = Get-GuideCode 'Rehearse a failing deployment'
        $script = @(
            "Import-Module '$ModulePath'; Set-Location '$folder'"
            '$ErrorActionPreference = "Continue"; $Error.Clear()'
            'try {'
            $first
            '"first errors: $($Error.Count) $($Error[0].FullyQualifiedErrorId)"'
            '"first status: $((Get-EnvironmentStack stage).Status) $((Get-EnvironmentStack stage).Version)"'
            '$Error.Clear()'
            $second
            '"second errors: $($Error.Count)"'
            '"second status: $((Get-EnvironmentStack stage).Status) $((Get-EnvironmentStack stage).Version)"'
            '"cut off: $((Get-LocalCloudFault cut-off).Fired)"'
            '} finally { Stop-LocalCloud }'
            '"left: $(Test-Path cloud)"'
        ) -join "`n"
        $run = Invoke-Pwsh ([scriptblock]::Create($script))

        $run.Lines | Should -Contain 'first errors: 1 StackUpdateFailed,Cumulus.PowerShell.DeployEnvironmentCommand' -Because $run.Text
        $run.Lines | Should -Contain 'first status: UPDATE_ROLLBACK_COMPLETE 1.0.0'
        $run.Lines | Should -Contain 'second errors: 0'
        $run.Lines | Should -Contain 'second status: UPDATE_COMPLETE 2.0.0'
        $run.Lines | Should -Contain 'cut off: 1'
        $run.Lines | Should -Contain 'left: False'
    }
}
