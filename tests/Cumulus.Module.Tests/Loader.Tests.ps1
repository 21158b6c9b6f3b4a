BeforeAll {
    . $PSScriptRoot/Common.ps1

    function Copy-Module([string] $Without) {
        $copy = Join-Path $TestDrive "$(New-Guid)" Cumulus
        Copy-Item -LiteralPath $ModuleFolder -Destination $copy -Recurse
        Remove-Item -LiteralPath (Join-Path $copy $Without)
        Join-Path $copy Cumulus.psd1
    }
}

Describe 'import' {
    It 'is quiet and loads no engine' {
        $run = Invoke-Pwsh -Arguments $ModulePath {
            param($module)
            Import-Module $module *>&1
            "errors: $($Error.Count)"
            "loaded: $([AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -like 'Cumulus*')"
        }
        $run.Lines | Should -Be 'errors: 0', 'loaded: Cumulus.PowerShell'
    }

    It 'exports what the manifest lists, and nothing else' {
        $run = Invoke-Pwsh -Arguments $ModulePath {
            param($module)
            (Import-Module $module -PassThru).ExportedCommands.Keys
        }
        $listed = (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport
        $run.Lines | Sort-Object | Should -Be ($listed | Sort-Object)
    }

    It 'works again with -Force, after a removal, and in a second runspace' {
        $run = Invoke-Pwsh -Arguments $ModulePath, $FixturePath {
            param($module, $fixture)
            $count = (Import-Module $module -PassThru).ExportedCommands.Count
            $again = (Import-Module $module -PassThru -Force).ExportedCommands.Count
            Remove-Module Cumulus
            $after = (Import-Module $module -PassThru).ExportedCommands.Count
            "same: $($count -eq $again -and $count -eq $after)"
            Import-Module $fixture
            Invoke-Target a
            $other = [powershell]::Create().AddScript('param($paths) Import-Module $paths; Invoke-Target b').AddArgument(@($module, $fixture))
            $other.Invoke()
            "errors: $($Error.Count + $other.Streams.Error.Count)"
        }
        $run.Lines | Should -Be 'same: True', 'done a', 'done b', 'errors: 0'
    }

    It 'forgets the session when the module is removed' {
        $run = Invoke-Pwsh -Arguments $ModulePath, $FixturePath {
            param($module, $fixture)
            Import-Module $module, $fixture
            Use-Session eu-west-1
            Remove-Module Cumulus
            Import-Module $module
            Use-Session
        }
        $run.Lines | Should -Be 'eu-west-1', 'none'
    }

    It 'works in ForEach-Object -Parallel and Start-ThreadJob, each runspace with a connection of its own' {
        $run = Invoke-Pwsh -Arguments $ModulePath, $FixturePath {
            param($module, $fixture)
            Import-Module $module, $fixture
            $null = Use-Session eu-west-1
            1..6 | ForEach-Object -ThrottleLimit 6 -Parallel {
                Import-Module $using:module, $using:fixture
                $null = Use-Session "region-$_"
                "$_ $(Use-Session)"
            } | Sort-Object
            Start-ThreadJob { Import-Module $using:module, $using:fixture; Use-Session; Use-Session us-east-2 } | Receive-Job -Wait -AutoRemoveJob
            Use-Session
            "errors: $($Error.Count)"
        }
        $run.Lines | Should -Be (@(1..6 | ForEach-Object { "$_ region-$_" }) + 'none', 'us-east-2', 'eu-west-1', 'errors: 0')
    }

    It 'takes its time, which is printed and not judged' {
        $run = Invoke-Pwsh -Arguments $ModulePath {
            param($module)
            (Measure-Command { Import-Module $module }).TotalMilliseconds.ToString('F0', [cultureinfo]::InvariantCulture)
        }
        $run.Lines[0] | Should -Match '^\d+$'
        Write-Host "    Import-Module Cumulus in a fresh pwsh: $($run.Lines[0]) ms"
    }
}

Describe 'a module with a missing part' {
    It 'says at import that <_> is missing, and pwsh survives' -ForEach 'Cumulus.Engine.dll', 'Cumulus.LocalCloud.dll' {
        $run = Invoke-Pwsh -Arguments (Copy-Module -Without "deps/$_") {
            param($module)
            try { Import-Module $module -ErrorAction Stop } catch { "$_" }
            'alive'
        }
        $run.ExitCode | Should -Be 0
        $run.Lines[0] | Should -BeLike "Cumulus is not installed completely: '*$_' is missing.*"
        $run.Lines | Select-Object -Last 1 | Should -Be 'alive'
    }

    It 'says so at the first use when the engine goes missing after the import, and pwsh survives' {
        $whole = Copy-Module -Without 'Cumulus.format.ps1xml'
        Copy-Item -LiteralPath (Join-Path $ModuleFolder Cumulus.format.ps1xml) -Destination (Split-Path $whole)
        $run = Invoke-Pwsh -Arguments $whole, $FixturePath {
            param($module, $fixture)
            Import-Module $module, $fixture
            Get-ChildItem -LiteralPath (Join-Path (Split-Path $module) deps) -Filter Cumulus.Engine.dll -Recurse | Remove-Item
            foreach ($attempt in 1, 2) {
                try { Invoke-Target missing -ErrorAction Stop } catch { "$_" }
            }
            'alive'
        }
        $run.ExitCode | Should -Be 0
        $run.Lines[0] | Should -BeLike '*Cumulus.Engine*'
        $run.Lines | Select-Object -Last 1 | Should -Be 'alive'
    }
}

Describe 'assemblies that were compiled ahead of time' {
    BeforeAll {
        $system = "$($IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux')-$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString().ToLowerInvariant())"
        $copy = Copy-Module -Without 'Cumulus.format.ps1xml'
        Copy-Item -LiteralPath (Join-Path $ModuleFolder Cumulus.format.ps1xml) -Destination (Split-Path $copy)
        $deps = Join-Path (Split-Path $copy) deps
        Get-ChildItem -LiteralPath $deps -Directory | Remove-Item -Recurse
        $null = New-Item -ItemType Directory (Join-Path $deps $system), (Join-Path $deps other-x64)
        Copy-Item -LiteralPath (Join-Path $deps YamlDotNet.dll) -Destination (Join-Path $deps $system)
        Set-Content -LiteralPath (Join-Path $deps other-x64 AWSSDK.Core.dll) 'of another system'
    }

    It 'are taken where they are there for this system, and others where not' {
        $run = Invoke-Pwsh -Arguments $copy, $FixturePath {
            param($module, $fixture)
            Import-Module $module, $fixture
            'YamlDotNet', 'AWSSDK.Core' | Get-EngineAssembly | ForEach-Object { Split-Path (Split-Path $_.Location) -Leaf }
        }
        $run.Lines | Should -Be $system, 'deps'
    }
}

Describe 'other versions of the same libraries in the session' {
    It 'keeps both apart when the foreign ones were loaded <_>' -ForEach 'before', 'after' {
        $run = Invoke-Pwsh -Arguments (@($ModulePath; $FixturePath; $ForeignPaths; $_)) {
            param($module, $fixture, $yaml, $aws, $when)
            function Import-Foreign { Add-Type -LiteralPath $yaml, $aws }
            if ($when -eq 'before') { Import-Foreign }
            Import-Module $module, $fixture
            'YamlDotNet', 'AWSSDK.Core' | Get-EngineAssembly | ForEach-Object { "$($_.Name) in $($_.Context), of deps: $($_.Location -like '*deps*')" }
            if ($when -eq 'after') { Import-Foreign }
            [Foreign.ForeignYaml]::Name
            [Foreign.ForeignAws]::Name
            [AppDomain]::CurrentDomain.GetAssemblies().GetName() | Where-Object Name -In 'YamlDotNet', 'AWSSDK.Core' |
                Sort-Object Name, Version | ForEach-Object { "$($_.Name) $($_.Version.Major)" }
            "errors: $($Error.Count)"
        }
        $run.Lines | Should -Be @(
            'YamlDotNet in Cumulus, of deps: True'
            'AWSSDK.Core in Cumulus, of deps: True'
            'foreign yaml'
            'foreign aws'
            'AWSSDK.Core 3'
            'AWSSDK.Core 4'
            'YamlDotNet 5'
            'YamlDotNet 16'
            'errors: 0'
        )
    }

    It 'reads YAML with its own library when a foreign one was loaded before' {
        $example = Join-Path $RepositoryRoot docs examples webshop
        $run = Invoke-Pwsh -Arguments (@($ModulePath; $ForeignPaths; $example)) {
            param($module, $yaml, $aws, $example)
            Add-Type -LiteralPath $yaml, $aws
            Import-Module $module
            Set-Location -LiteralPath $example
            (Get-CumulusConfiguration -Path cumulus.yml).GetType().FullName
        }
        $run.Lines | Should -Be 'Cumulus.Engine.Configuration.CumulusConfiguration'
    }

    It 'shows nothing of deps to the default context' {
        $run = Invoke-Pwsh -Arguments $ModulePath, $FixturePath {
            param($module, $fixture)
            Import-Module $module, $fixture
            $null = 'YamlDotNet' | Get-EngineAssembly
            try { [Reflection.Assembly]::Load('YamlDotNet') } catch { 'not to be had' }
        }
        $run.Lines | Should -Be 'not to be had'
    }
}
