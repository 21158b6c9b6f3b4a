BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath, $FixturePath
}

Describe 'streams' {
    BeforeAll {
        $shell = New-Shell @'
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            'one', 'two' | Write-EveryStream
'@
        $output = $shell.Invoke()
        $streams = $shell.Streams
    }

    AfterAll {
        $shell.Dispose()
    }

    It 'keeps the order of output over the blocks' {
        $output | Should -Be 'begin', 1, 2, 'one', 1, 2, 'two', 1, 2, 'end', 1, 2
    }

    It 'fills the <_> stream' -ForEach 'Verbose', 'Warning', 'Debug' {
        $streams.$_.Message | Should -Be 'begin', 'one', 'two', 'end'
    }

    It 'fills the information stream' {
        $streams.Information.MessageData | Should -Be 'begin', 'one', 'two', 'end'
        $streams.Information[0].Tags | Should -Contain 'Cumulus'
    }

    It 'fills the error stream, advice included' {
        $streams.Error.Exception.Message | Should -Be "No stack 'begin'.", "No stack 'one'.", "No stack 'two'.", "No stack 'end'."
        $streams.Error[1].ErrorDetails.RecommendedAction | Should -Be 'Create it.'
        $streams.Error[1].TargetObject | Should -Be 'one'
    }

    It 'reports progress and its end' {
        $bars = $streams.Progress | Where-Object ActivityId -EQ 7
        $bars.StatusDescription | Should -Be 'begin', ' ', 'one', ' ', 'two', ' ', 'end', ' '
        $bars[0].PercentComplete | Should -Be 50
        $bars[0].CurrentOperation | Should -Be 'now'
        $bars[1].RecordType | Should -Be 'Completed'
    }

    It 'loses nothing that many tasks write at once' {
        $numbers = Write-FromManyTasks -Tasks 50 -Each 20
        $numbers.Count | Should -Be 1000
        $numbers | Sort-Object | Should -Be (0..999)
    }
}

Describe 'failures' {
    It 'writes one error for a record that fails and goes on with the next' {
        $output = 'a', 'missing', 'b' | Invoke-Target -ErrorVariable failure -ErrorAction SilentlyContinue
        $output | Should -Be 'done a', 'done b'
        $failure | Should -HaveCount 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'EnvironmentNotFound,Cumulus.Fixture.InvokeTargetCommand'
        $failure[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure[0].TargetObject | Should -Be 'missing'
        $failure[0].Exception.GetType().FullName | Should -Be 'Cumulus.Engine.CumulusException'
        "$($failure[0])" | Should -Be "There is no environment 'missing'."
        $failure[0].ErrorDetails.RecommendedAction | Should -Be 'Give one of: stage, prod.'
    }

    It 'sets $? to false after an error and to true without' {
        'missing' | Invoke-Target -ErrorAction SilentlyContinue
        $? | Should -BeFalse
        $null = 'a' | Invoke-Target
        $? | Should -BeTrue
    }

    It 'ends the pipeline under -ErrorAction Stop' {
        $seen = [Collections.Generic.List[string]]::new()
        { 'a', 'missing', 'b' | Invoke-Target -ErrorAction Stop | ForEach-Object { $seen.Add($_) } } |
            Should -Throw -ErrorId 'EnvironmentNotFound,Cumulus.Fixture.InvokeTargetCommand'
        $seen | Should -Be 'done a'
    }

    It 'cancels a body that goes on writing under -ErrorAction Stop, and the caller gets the error once' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $Error.Clear()
        { Write-TwoFailures -Probe $probe -ErrorAction Stop } | Should -Throw 'first'
        $probe.Steps | Should -Be 'OperationCanceledException'
        @($Error | Where-Object { "$_" -like '*first*' }) | Should -HaveCount 1
        @($Error | Where-Object { "$_" -like '*second*' }) | Should -HaveCount 0
    }

    It 'writes both failures when nothing asks to stop' {
        $probe = [Cumulus.Fixture.Probe]::new()
        Write-TwoFailures -Probe $probe -ErrorAction SilentlyContinue -ErrorVariable failures
        $probe.Steps | Should -Be 'both written'
        $failures.Exception.Message | Should -Be 'first', 'second'
    }

    It 'says of a bug that it is one, and keeps the exception' {
        'bug' | Invoke-Target -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure[0].FullyQualifiedErrorId | Should -Be 'UnexpectedError,Cumulus.Fixture.InvokeTargetCommand'
        $failure[0].Exception | Should -BeOfType ([InvalidCastException])
        "$($failure[0])" | Should -Match 'bug in Cumulus.*Unable to cast'
    }

    It 'reports a cancellation that nobody asked for as a time-out' {
        $output = 'timeout', 'a' | Invoke-Target -ErrorVariable failure -ErrorAction SilentlyContinue
        $output | Should -Be 'done a'
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'OperationTimedOut,*'
        $failure[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
    }

    It 'processes no record when the beginning fails, whatever the error action' {
        $seen = [Collections.Generic.List[string]]::new()
        { 'a', 'b' | Invoke-Target -FailIn Begin -ErrorAction SilentlyContinue | ForEach-Object { $seen.Add($_) } } |
            Should -Throw -ErrorId 'EnvironmentNotFound,Cumulus.Fixture.InvokeTargetCommand'
        $seen | Should -HaveCount 0
    }

    It 'keeps target and advice of a failure in the beginning' {
        try { 'a' | Invoke-Target -FailIn Begin } catch { $caught = $_ }
        $caught.TargetObject | Should -Be 'Begin'
        $caught.Exception.GetType().FullName | Should -Be 'Cumulus.Engine.CumulusException'
        $caught.ErrorDetails.RecommendedAction | Should -Be 'Give one of: stage, prod.'
    }

    It 'writes a failure in the end as an error, after the output' {
        $output = 'a' | Invoke-Target -FailIn End -ErrorAction SilentlyContinue -ErrorVariable failure
        $output | Should -Be 'done a'
        $failure.TargetObject | Should -Be 'End'
    }
}

Describe 'Ctrl+C' {
    It 'returns from a stop in the block <_> only after the clean-up' -ForEach 'Begin', 'Process', 'End' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $probe.MayCleanUp.Reset()
        $shell = New-Shell "param(`$probe) Wait-Stop -Block $_ -Probe `$probe -Verbose"
        $running = $shell.AddArgument($probe).BeginInvoke()
        $probe.WaitForStart() | Should -BeTrue

        $stopping = $shell.BeginStop($null, $null)
        $probe.Steps | Should -Not -Contain 'cleaned up'
        $stopping.IsCompleted | Should -BeFalse
        $probe.MayCleanUp.Set()
        $shell.EndStop($stopping)

        $probe.Steps | Select-Object -Last 1 | Should -Be 'cleaned up'
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Streams.Error | Should -HaveCount 0
        $running.IsCompleted | Should -BeTrue
        $shell.Dispose()
    }

    It 'runs no other block after a stop' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $shell = New-Shell 'param($probe) 1, 2 | Wait-Stop -Block Process -Probe $probe'
        $null = $shell.AddArgument($probe).BeginInvoke()
        $probe.WaitForStart() | Should -BeTrue
        $shell.Stop()
        $probe.Steps | Should -Be 'Begin', 'Process', 'cleaned up'
        $shell.Dispose()
    }

    It 'stops a body that only writes and never looks at its token' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $shell = New-Shell 'param($probe) Write-Endless -Probe $probe | ForEach-Object { $probe.Started.Set() }'
        $null = $shell.AddArgument($probe).BeginInvoke()
        $probe.WaitForStart() | Should -BeTrue
        $shell.Stop()
        $probe.Steps | Should -Be 'cancelled, token set: True', 'cleaned up'
        $shell.Streams.Error | Should -HaveCount 0
        $shell.Dispose()
    }

    It 'leaves a session in which the next command works' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $shell = New-Shell 'param($probe) Wait-Stop -Block End -Probe $probe'
        $null = $shell.AddArgument($probe).BeginInvoke()
        $probe.WaitForStart() | Should -BeTrue
        $shell.Stop()
        $shell.Commands.Clear()
        $shell.AddScript("'a' | Invoke-Target").Invoke() | Should -Be 'done a'
        $shell.Dispose()
    }
}

Describe 'a pipeline that takes nothing more' {
    It 'cancels the body quietly after Select-Object -First' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $Error.Clear()
        Write-Endless -Probe $probe | Select-Object -First 3 | Should -Be 1, 2, 3
        $probe.Steps | Should -Be 'cancelled, token set: True', 'cleaned up'
        $Error | Should -HaveCount 0
    }

    It 'cancels the body when the next command breaks out of a loop' {
        $probe = [Cumulus.Fixture.Probe]::new()
        $output = foreach ($once in 1) { Write-Endless -Probe $probe | ForEach-Object { if ($_ -gt 2) { break }; $_ } }
        $output | Should -Be 1, 2
        $probe.Steps | Should -Be 'cancelled, token set: True', 'cleaned up'
    }

    It 'cancels the body when the next command fails, and shows that failure' {
        $probe = [Cumulus.Fixture.Probe]::new()
        { Write-Endless -Probe $probe | ForEach-Object { throw 'downstream' } } | Should -Throw 'downstream'
        $probe.Steps | Should -Be 'cancelled, token set: True', 'cleaned up'
    }

    It 'lets two of our commands run in one pipeline' {
        Write-FromManyTasks -Tasks 4 -Each 5 | Invoke-Target | Should -HaveCount 20
    }
}

Describe 'questions' {
    It 'does nothing under -WhatIf, also when it is inherited' {
        Remove-Target x -Force -WhatIf | Should -BeNullOrEmpty
        & { $WhatIfPreference = $true; Remove-Target x -Force } | Should -BeNullOrEmpty
    }

    It 'asks nothing when -Force answers and -Confirm is off' {
        'x', 'y' | Remove-Target -Force -Confirm:$false | Should -Be 'removed x', 'removed y'
    }

    It 'does what a person confirms (<Answers>: <Expected>)' -ForEach @(
        @{ Answers = 'y'; Expected = 'removed x' }
        @{ Answers = 'n'; Expected = '' }
        @{ Answers = "`n"; Expected = '' }
    ) {
        $run = Invoke-Pwsh -Answers $Answers -Arguments $ModulePath, $FixturePath {
            param($module, $fixture)
            Import-Module $module, $fixture
            "result=$(Remove-Target x)"
        }
        $run.Text | Should -Match 'Really remove x\?'
        $run.Lines | Should -Contain "result=$Expected"
    }

    It 'is an error where nobody can be asked (-<Questions>), and names the parameter that answers' -ForEach @(
        @{ Questions = 'Confirm:$false'; Advice = '-Force' }
        @{ Questions = 'Confirm'; Advice = '-Confirm:$false' }
    ) {
        $run = Invoke-Pwsh -Arguments $ModulePath, $FixturePath, $Questions {
            param($module, $fixture, $questions)
            Import-Module $module, $fixture
            Invoke-Expression "Remove-Target x -$questions -ErrorAction SilentlyContinue -ErrorVariable failure"
            $failure[0].FullyQualifiedErrorId
            $failure[0].ErrorDetails.RecommendedAction
        }
        $run.Lines[0] | Should -Be 'ConfirmationUnavailable,Cumulus.Fixture.RemoveTargetCommand'
        $run.Lines[1] | Should -Match ([regex]::Escape($Advice))
    }
}

Describe 'session and paths' {
    It 'keeps the session from one command to the next, and apart from other runspaces' {
        Use-Session eu-west-1 | Should -Be 'eu-west-1'
        Use-Session | Should -Be 'eu-west-1'
        $other = New-Shell 'Use-Session; Use-Session us-east-1; Use-Session'
        $other.Invoke() | Should -Be 'none', 'us-east-1', 'us-east-1'
        $other.Dispose()
        Use-Session | Should -Be 'eu-west-1'
    }

    It 'resolves paths from the current folder and takes wildcard characters as they are' {
        Push-Location -LiteralPath $TestDrive
        try {
            $resolved = Resolve-FixturePath '[site]/a.conf'
            $resolved.Path | Should -Be (Join-Path (Get-Item -LiteralPath $TestDrive).FullName '[site]' a.conf)
            $resolved.CurrentFolder | Should -Be (Get-Item -LiteralPath $TestDrive).FullName
        }
        finally {
            Pop-Location
        }
    }

    It 'refuses <_>, which is no path of the file system' -ForEach 'env:PATH', 'nodrive:x' {
        Resolve-FixturePath $_ -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PathInvalid,*'
        $failure[0].TargetObject | Should -Be $_
    }

    It 'tells a switch that is on from one that was given as off' {
        $on, $off, $absent = (Resolve-FixturePath x -Force), (Resolve-FixturePath x -Force:$false), (Resolve-FixturePath x)
        $on.ForceIsSet, $on.ForceIsBound | Should -Be $true, $true
        $off.ForceIsSet, $off.ForceIsBound | Should -Be $false, $true
        $absent.ForceIsSet, $absent.ForceIsBound | Should -Be $false, $false
    }
}
