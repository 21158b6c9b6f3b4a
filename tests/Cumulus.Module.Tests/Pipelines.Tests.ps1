BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    $examples = Get-ChildItem (Join-Path $RepositoryRoot docs examples pipelines) -Filter *.yml
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
    Add-Type -LiteralPath (Join-Path $ModuleFolder deps YamlDotNet.dll)

    # Every value below a key of this name, wherever it stands.
    function Find-Value($Node, [string] $Key) {
        if ($Node -is [Collections.IDictionary]) {
            foreach ($entry in $Node.GetEnumerator()) {
                if ($entry.Key -eq $Key) { $entry.Value }
                Find-Value $entry.Value $Key
            }
        }
        elseif ($Node -is [Collections.IEnumerable] -and $Node -isnot [string]) { foreach ($item in $Node) { Find-Value $item $Key } }
    }

    # What is wrong with a script: it does not parse, or calls our commands as they are not.
    function Test-Script([string] $Text) {
        $parseErrors = $null
        $tree = [Management.Automation.Language.Parser]::ParseInput($Text, [ref]$null, [ref]$parseErrors)
        $parseErrors.Message
        foreach ($call in $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
            $name = $call.GetCommandName()
            if ($name -in 'Register-PSResourceRepository', 'Install-PSResource', 'pwsh') { continue }
            $command = Get-Command $name -ErrorAction Ignore
            if (-not $command) { "there is no command $name"; continue }
            foreach ($parameter in $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                if ($parameter.ParameterName -notin $command.Parameters.Keys) { "$name has no parameter -$($parameter.ParameterName)" }
            }
        }
    }

    # A pwsh as a step of a build service runs it, with the summary and outputs that it left.
    function Invoke-Step([hashtable] $Variables, [string] $Folder, [scriptblock] $Script, [object[]] $Arguments) {
        $before = @{}
        foreach ($name in $Variables.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $Variables[$name])
        }
        Push-Location $Folder
        try { Invoke-Pwsh $Script -Arguments $Arguments }
        finally {
            Pop-Location
            foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }
}

Describe 'the example <_.Name>' -ForEach $examples {
    BeforeAll {
        $text = Get-Content -Raw -LiteralPath $_.FullName
        $document = [YamlDotNet.Serialization.DeserializerBuilder]::new().Build().Deserialize([IO.StringReader]::new($text))
        $scripts = @('run', 'script', 'inlineScript' | ForEach-Object { Find-Value $document $_ })
    }

    It 'is YAML with scripts in it' {
        $document.Keys | Should -Contain jobs
        $scripts.Count | Should -BeGreaterThan 2
    }

    It 'has scripts that parse and call commands as they are' {
        foreach ($script in $scripts) { Test-Script $script | Should -BeNullOrEmpty -Because $script }
    }

    It 'pins what it uses' {
        $uses = @(Find-Value $document uses)
        $tasks = @(Find-Value $document task)
        $uses.Count + $tasks.Count | Should -BeGreaterThan 1
        # A tag can be moved; Azure knows tasks by their major version alone.
        foreach ($action in $uses) { $action | Should -Match '^[\w.-]+/[\w./-]+@[0-9a-f]{40}$' }
        foreach ($task in $tasks) { $task | Should -Match '^\w+@\d+$' }
        foreach ($image in @(Find-Value $document 'runs-on') + @(Find-Value $document vmImage)) { $image | Should -Not -Match 'latest' }
    }

    It 'takes credentials by OIDC and keeps none' {
        $text | Should -Match 'OIDC'
        $text | Should -Not -Match '(?i)secrets\.|AKIA|aws_?(access|secret)|aws-(access|secret)'
        if ($_.Name -like 'github*') { $document['permissions']['id-token'] | Should -Be write }
    }
}

Describe 'the script of the examples' {
    It 'parses and calls commands as they are' {
        Test-Script (Get-Content -Raw (Join-Path $RepositoryRoot docs examples pipelines deploy.ps1)) | Should -BeNullOrEmpty
    }
}

Describe 'a step of <Name>' -ForEach @(
    @{ Name = 'GitHub Actions'; Variables = @{ GITHUB_ACTIONS = 'true'; TF_BUILD = $null } }
    @{ Name = 'Azure Pipelines'; Variables = @{ GITHUB_ACTIONS = $null; TF_BUILD = 'True' } }
) {
    BeforeAll {
        $folder = Join-Path $TestDrive "step-$(New-Guid)"
        Copy-Item (Join-Path $RepositoryRoot docs examples webshop) $folder -Recurse
        Copy-Item (Join-Path $RepositoryRoot docs examples pipelines deploy.ps1) $folder
        $cloud = Start-LocalCloud -Path (Join-Path $folder cloud) -Bucket webshop-bundles -AllowUnisolated
        $variables = $Variables + @{
            GITHUB_STEP_SUMMARY = Join-Path $folder summary.md; GITHUB_OUTPUT = Join-Path $folder output.txt; AGENT_TEMPDIRECTORY = $folder
            AWS_ENDPOINT_URL = $cloud.Endpoint; AWS_ACCESS_KEY_ID = $cloud.AccessKeyId; AWS_SECRET_ACCESS_KEY = $cloud.SecretAccessKey
        }
        $run = Invoke-Step $variables $folder -Arguments $ModulePath {
            param($module)
            Import-Module $module
            ./deploy.ps1 stage 1.0.0
        }
        $broken = Invoke-Step $variables $folder -Arguments $ModulePath {
            param($module)
            Import-Module $module
            Deploy-Environment stage -Version 9.9.9
            'goes on'
            exit $LASTEXITCODE
        }
        $silent = Invoke-Step $variables $folder -Arguments $ModulePath {
            param($module)
            Import-Module $module
            Deploy-Environment stage -Version 9.9.9 -NoCi
            Connect-Cumulus -Region eu-west-1 -NoCi | Out-Null
            Publish-Bundle -Path nothing.zip
        }
        $github = $Name -like 'GitHub*'
        $pages = if ($github) { Get-Content -Raw $variables.GITHUB_STEP_SUMMARY } else { (Get-ChildItem $folder -Filter 'cumulus-*.md' | Sort-Object LastWriteTime | Get-Content -Raw) -join "`n" }
    }

    AfterAll {
        Stop-LocalCloud -Path (Join-Path $folder cloud)
    }

    It 'shows each change as a line in the group of its command, without a bar or -Verbose' {
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $lines = $run.Lines
        $begin = $lines.IndexOf(($github ? '::group::' : '##[group]') + 'Deploy-Environment stage 1.0.0')
        $end = [array]::LastIndexOf($lines, ($github ? '::endgroup::' : '##[endgroup]'))
        $begin | Should -BeGreaterThan 0 -Because $run.Text
        $inside = $lines[$begin..$end]
        $changes = @($inside -match '^\d\d:\d\d:\d\d  stage-web' -replace '^\S+  ')
        $changes | Should -HaveCount 3 -Because "each resource is told as it begins, and the stack at its end: $($run.Text)"
        $changes[0] | Should -Match '^stage-web  CREATE_IN_PROGRESS    LaunchTemplate$'
        $changes[1] | Should -Match '^stage-web  CREATE_IN_PROGRESS    WebServers$'
        $changes[2] | Should -Match '^stage-web  CREATE_COMPLETE       2 of 2 resources  \d+\.\d s$'
        foreach ($line in $lines -match '^\d\d:\d\d:\d\d  ') { @($lines -eq $line) | Should -HaveCount 1 -Because "nothing is said twice: $($run.Text)" }
        @($lines -match 'VERBOSE').Count | Should -Be 0
    }

    It 'puts stacks and bundles into the summary, and outputs at the disposal of later steps' {
        $pages | Should -Match '\| stage-web \| create \| CREATE_COMPLETE \| 1\.0\.0 \|'
        $pages | Should -Match '\| web \| 1\.0\.0 \| published \|'
        if ($github) { Get-Content -Raw $variables.GITHUB_OUTPUT | Should -Match '(?s)version<<(\S+)\n1\.0\.0\n\1' }
        else { $run.Lines | Should -Contain '##vso[task.setvariable variable=version;isoutput=true]1.0.0' }
    }

    It 'annotates an error with its id, and the step fails although the script goes on' {
        $broken.Lines | Should -Contain 'goes on'
        $broken.ExitCode | Should -Be 1
        @($broken.Lines -match ($github ? '^::error title=Deploy-Environment%3A \w+::' : '^##vso\[task\.logissue type=error;code=\w+\]Deploy-Environment: ')) | Should -HaveCount 1
        $pages | Should -Match '> \*\*Failed:\*\* .*9\.9\.9'
    }

    It 'says no secret' {
        $run.Text + $broken.Text + $pages | Should -Not -Match ([regex]::Escape($cloud.SecretAccessKey))
    }

    It 'says nothing to the service with -NoCi, for a command and for a session' {
        $silent.Text | Should -Not -Match '(?m)^(::|##)'
        $silent.Text | Should -Match '9\.9\.9'
        $silent.Text | Should -Match 'nothing\.zip'
    }
}
