BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
    $exported = (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport | ForEach-Object { Get-Command $_ -Module Cumulus }

    # What waits for long takes -AsJob; these are the reasons why a command with -TimeoutSec does not.
    $notAsJob = @{
        'Start-LocalCloud'   = 'it connects the session that it runs in'
        'Get-LocalCloudHost' = 'hosts of a local cloud boot in seconds'
    }
    $waiting = $exported | Where-Object { $_.Parameters.ContainsKey('TimeoutSec') -and -not $notAsJob.ContainsKey($_.Name) } | ForEach-Object Name
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath, $FixturePath
}

AfterAll {
    Get-Job | Remove-Job -Force
}

Describe 'the command <_>, which waits,' -ForEach $waiting {
    It 'takes -AsJob' {
        (Get-Command $_).Parameters.Keys | Should -Contain AsJob -Because (
            'a command with -TimeoutSec declares "[Parameter] public SwitchParameter AsJob { get; set; }" and no more: the base makes the job; the page gets the parameter')
    }
}

Describe 'a job' {
    It 'is there at once, runs, and ends as Completed with its output' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $job = 'a', 'b' | Invoke-Target -AsJob
        $job | Should -BeOfType ([Management.Automation.Job])
        (Wait-Job $job -Timeout 30).State | Should -Be Completed
        $job.HasMoreData | Should -BeTrue
        Receive-Job $job -Keep | Should -Be 'done a', 'done b'
        Receive-Job $job | Should -Be 'done a', 'done b'
        $job.HasMoreData | Should -BeFalse
        Get-Job -Id $job.Id | Should -Be $job
        $job.PSEndTime | Should -BeGreaterOrEqual $job.PSBeginTime
        Remove-Job $job
        Get-Job | Should -Not -Contain $job
    }

    It 'has all streams, as the preferences of the caller say' {
        $job = 'one' | Write-EveryStream -AsJob -Verbose -Debug -InformationAction Continue -ErrorAction Continue
        $null = Wait-Job $job -Timeout 30
        $job.Progress.StatusDescription | Should -Contain 'one'
        $job.Progress[0].PercentComplete | Should -Be 50
        $output = Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable failures -WarningVariable warnings -WarningAction SilentlyContinue -InformationVariable information -Verbose -Debug 4>&1 5>&1
        $output.Where{ $_ -is [string] -or $_ -is [int] } | Should -Be 'begin', 1, 2, 'one', 1, 2, 'end', 1, 2
        $output.Where{ $_ -is [Management.Automation.VerboseRecord] }.Message | Should -Be 'begin', 'one', 'end'
        $output.Where{ $_ -is [Management.Automation.DebugRecord] }.Message | Should -Be 'begin', 'one', 'end'
        $warnings.Message | Should -Be 'begin', 'one', 'end'
        "$($information.MessageData)" | Should -Be 'begin one end'
        $failures.ForEach{ "$_" } | Should -Be "No stack 'begin'.", "No stack 'one'.", "No stack 'end'."
        $failures[0].ErrorDetails.RecommendedAction | Should -Be 'Create it.'

        $quiet = 'one' | Write-EveryStream -AsJob -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
        $null = Wait-Job $quiet -Timeout 30
        $quiet.Verbose.Count + $quiet.Debug.Count + $quiet.Warning.Count + $quiet.Error.Count + $quiet.Information.Count | Should -Be 0
    }

    It 'ends as Failed with the id of the error (in the <Block> block)' -ForEach @(
        @{ Block = 'Begin'; Output = @() }
        @{ Block = 'Process'; Output = 'done a', 'done b' }
        @{ Block = 'End'; Output = 'done a', 'done b' }
    ) {
        $job = if ($Block -eq 'Process') { 'a', 'missing', 'b' | Invoke-Target -AsJob -ErrorAction Continue } else { 'a', 'b' | Invoke-Target -FailIn $Block -AsJob -ErrorAction Continue }
        (Wait-Job $job -Timeout 30).State | Should -Be Failed
        Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable failure | Should -Be $Output
        $failure | Should -HaveCount 1
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'EnvironmentNotFound,Cumulus.Fixture.InvokeTargetCommand*'
    }

    It 'stops at the first error under -ErrorAction Stop' {
        $job = 'a', 'missing', 'b' | Invoke-Target -AsJob -ErrorAction Stop
        (Wait-Job $job -Timeout 30).State | Should -Be Failed
        Receive-Job $job -ErrorAction SilentlyContinue | Should -Be 'done a'
    }

    It 'gives what came to Receive-Job -Wait, and is gone with -AutoRemoveJob' {
        'a', 'b' | Invoke-Target -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Be 'done a', 'done b'
    }

    It 'stops, after its clean-up, by Stop-Job and by Remove-Job -Force' {
        foreach ($end in { Stop-Job $args[0] }, { Remove-Job $args[0] -Force }) {
            $probe = [Cumulus.Fixture.Probe]::new()
            $job = Wait-Stop -Block Process -Probe $probe -AsJob
            $probe.WaitForStart() | Should -BeTrue
            $job.State | Should -Be Running
            & $end $job
            $job.State | Should -Be Stopped
            $probe.Steps | Select-Object -Last 1 | Should -Be 'cleaned up'
            $job.Error.Count | Should -Be 0
        }
    }

    It 'works in the session''s folder and connection, and changes neither' {
        Use-Session eu-west-1 | Should -Be eu-west-1
        Use-Session -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Be eu-west-1
        Use-Session us-east-1 -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Be us-east-1
        Use-Session | Should -Be eu-west-1
        Push-Location -LiteralPath $TestDrive
        try {
            $here = (Get-Item -LiteralPath $TestDrive).FullName
            (Resolve-FixturePath a/b -AsJob -Force | Receive-Job -Wait -AutoRemoveJob).Path | Should -Be (Join-Path $here a b)
            (Resolve-FixturePath TestDrive:/x -AsJob | Receive-Job -Wait -AutoRemoveJob).Path | Should -Be (Join-Path (Get-PSDrive TestDrive).Root x)
            (Resolve-FixturePath ~/x -AsJob | Receive-Job -Wait -AutoRemoveJob).Path | Should -Be (Join-Path $HOME x)
            (Resolve-FixturePath x -AsJob -Force | Receive-Job -Wait -AutoRemoveJob).ForceIsSet | Should -BeTrue
        }
        finally { Pop-Location }
    }

    It 'asks nobody: what would ask is an error, and -Force with -Confirm:$false answers' {
        Remove-Target x -AsJob | Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ConfirmationUnavailable,*'
        Remove-Target x -Force -Confirm -AsJob | Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ConfirmationUnavailable,*'
        & { $ConfirmPreference = 'Medium'; Remove-Target x -Force -AsJob } | Receive-Job -Wait -AutoRemoveJob -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ConfirmationUnavailable,*'
        Remove-Target x -Force -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Be 'removed x'
    }

    It 'does nothing under -WhatIf, given or inherited, and says so' {
        foreach ($job in (Remove-Target x -Force -AsJob -WhatIf), (& { $WhatIfPreference = $true; Remove-Target x -Force -AsJob })) {
            $null = Wait-Job $job -Timeout 30
            $job.Output.Count | Should -Be 0
            "$($job.Information)" | Should -Be 'What if: Performing the operation "Remove" on target "x".'
        }
    }

    It 'runs beside others' {
        $jobs = 1..8 | ForEach-Object { Invoke-Target "n$_" -AsJob }
        $jobs | Wait-Job -Timeout 60 | Receive-Job | Sort-Object | Should -Be (1..8 | ForEach-Object { "done n$_" })
    }

    It 'is told of as none by the console' {
        $answer = & (Join-Path $RepositoryRoot out ($IsWindows ? 'cumulus.cmd' : 'cumulus')) New-Bundle $PSScriptRoot -AsJob 2>&1
        $LASTEXITCODE | Should -Be 1
        "$answer" | Should -Match 'JobsUnavailable'
    }
}
