BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    $commands = (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/HelpPages.ps1
    Import-Module $ModulePath
    $pagesFolder = Join-Path $RepositoryRoot docs cmdlets
    $pages = Get-ChildItem -Path (Join-Path $pagesFolder *.md)
    $helpFile = Join-Path $ModuleFolder en-US Cumulus.PowerShell.dll-Help.xml
    $console = Join-Path $RepositoryRoot out ($IsWindows ? 'cumulus.cmd' : 'cumulus')
    $errorIds = [regex]::Matches((Get-Content -Raw (Join-Path $RepositoryRoot src Cumulus.Engine ErrorIds.cs)), 'const string (\w+)').ForEach{ $_.Groups[1].Value }
    $common = [Management.Automation.Cmdlet]::CommonParameters

    # What the metadata of a parameter has to say.
    function Get-ParameterFact([Management.Automation.ParameterMetadata] $Parameter) {
        $sets = foreach ($set in $Parameter.ParameterSets.GetEnumerator() | Sort-Object Key) {
            "- Name: $($set.Key -eq '__AllParameterSets' ? '(All)' : $set.Key)"
            "  Position: $($set.Value.Position -eq [int]::MinValue ? 'Named' : $set.Value.Position)"
            "  IsRequired: $("$($set.Value.IsMandatory)".ToLowerInvariant())"
            "  ValueFromPipeline: $("$($set.Value.ValueFromPipeline)".ToLowerInvariant())"
            "  ValueFromPipelineByPropertyName: $("$($set.Value.ValueFromPipelineByPropertyName)".ToLowerInvariant())"
            "  ValueFromRemainingArguments: $("$($set.Value.ValueFromRemainingArguments)".ToLowerInvariant())"
        }
        "Type: $($Parameter.ParameterType.FullName -replace '^System\.Nullable`1\[\[([^,]+).*', '$1')"
        if ($Parameter.Aliases.Count) { 'Aliases:'; $Parameter.Aliases | ForEach-Object { "- $_" } } else { 'Aliases: []' }
        'ParameterSets:'
        $sets
    }
}

Describe 'the page of <_>' -ForEach $commands {
    BeforeAll {
        $name = $_
        $command = Get-Command $name -Module Cumulus
        $page = Read-HelpPage (Join-Path $pagesFolder "$name.md")
        $parameters = @($command.Parameters.Values | Where-Object Name -NotIn $common)
        $help = Get-Help $name -Full
    }

    It 'has no placeholder and a short synopsis' {
        $page.Text | Should -Not -Match '\{\{|\}\}'
        $page.Synopsis | Should -Match '^\S.{10,98}\.$'
    }

    It 'has the parameters that the cmdlet has' {
        @($page.Parameters.Keys) | Sort-Object | Should -Be ($parameters.Name | Sort-Object)
    }

    It 'has words for each parameter' {
        $page.Parameters.Values.Words | ForEach-Object { $_.Length | Should -BeGreaterThan 10 }
    }

    It 'has the type, aliases, position and pipeline input of each parameter' {
        foreach ($parameter in $parameters) {
            # Accepted values follow, as a list that looks like that of the sets.
            $facts = ($page.Parameters[$parameter.Name].Facts -split '(?m)^DontShow')[0] -split "`n" | Where-Object { $_ -match '^(Type|Aliases|ParameterSets|- |  )' }
            $facts -join "`n" | Should -BeExactly ((Get-ParameterFact $parameter) -join "`n") -Because "that is what -$($parameter.Name) is"
        }
    }

    It 'has the syntax of each parameter set' {
        $real = (Get-Command $name -Module Cumulus -Syntax) -split '\n' | Where-Object { $_.Trim() } | ForEach-Object Trim
        $page.Syntax | Sort-Object | Should -Be ($real | Sort-Object)
    }

    It 'has the types that the cmdlet writes' {
        foreach ($type in $command.OutputType.Name) { $page.Outputs | Should -Contain $type }
    }

    It 'names error ids that there are' {
        $named = [regex]::Matches($page.Notes, '(?m)^- ([\w, ]+):').ForEach{ $_.Groups[1].Value -split ', ' }
        $named | Should -Not -BeNullOrEmpty
        $named | Where-Object { $_ -notin $errorIds } | Should -BeNullOrEmpty
    }

    It 'links to files that there are' {
        $links = [regex]::Matches($page.Text, '\]\(([^)#]+\.md)').ForEach{ $_.Groups[1].Value }
        $links | Should -Not -BeNullOrEmpty
        $links | Where-Object { -not (Test-Path -LiteralPath (Join-Path $pagesFolder $_)) } | Should -BeNullOrEmpty
    }

    It 'is what Get-Help shows' {
        $help.Synopsis | Should -BeExactly $page.Synopsis
        foreach ($parameter in $help.parameters.parameter) {
            ($parameter.description.Text -join "`n") | Should -BeExactly $page.Parameters[$parameter.name].Words
        }
        @($help.parameters.parameter).Count | Should -Be $page.Parameters.Count
    }

    It 'has examples, which Get-Help shows' {
        $page.Examples.Count | Should -BeIn (2..7)
        @($help.examples.example).ForEach{ $_.title.Trim('-', ' ') } | Should -Be $page.Examples.Title
        @($help.examples.example).ForEach{ $_.code } | Should -Be $page.Examples.Code
    }

    It 'is what the console shows' {
        $shown = & $console help $name
        $LASTEXITCODE | Should -Be 0
        $shown[1].Trim() | Should -BeExactly $page.Synopsis
        foreach ($title in $page.Examples.Title) { $shown | Should -Contain $title }
    }
}

Describe 'the pages' {
    It 'are of exported cmdlets only' {
        $pages.BaseName | Sort-Object | Should -Be ((Get-Command -Module Cumulus).Name | Sort-Object)
    }

    It 'are in the list that the console shows' {
        $shown = (& $console help) -join "`n"
        foreach ($page in $pages) { $shown | Should -Match ([regex]::Escape($page.BaseName) + ' +' + [regex]::Escape((Read-HelpPage $page).Synopsis)) }
    }

    It 'are those that the file for Get-Help was made from' {
        $made = [regex]::Match((Get-Content -Raw -LiteralPath $helpFile), 'Pages: (\w+)').Groups[1].Value
        $made | Should -Be (Get-PagesDigest $pages) -Because 'docs/Update-Help.ps1 is run after a page was changed'
    }
}
