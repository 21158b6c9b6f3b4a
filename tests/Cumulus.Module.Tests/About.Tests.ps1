BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    $topics = Get-ChildItem (Join-Path $RepositoryRoot docs about) -Filter *.help.txt
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
}

Describe 'the topic <_.Name>' -ForEach $topics {
    BeforeAll {
        $topic = $_.Name -replace '\.help\.txt$'
        $text = Get-Content -Raw -LiteralPath $_.FullName
    }

    It 'is what Get-Help shows' {
        $shown = Get-Help $topic
        ($shown | Out-String).Trim() | Should -Be $text.Trim()
    }

    It 'has the parts that a topic has, in 80 columns' {
        foreach ($part in 'TOPIC', 'SHORT DESCRIPTION', 'LONG DESCRIPTION', 'EXAMPLES', 'KEYWORDS', 'SEE ALSO') { $text | Should -Match "(?m)^$part$" }
        ($text -split '\n' | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'names commands, parameters and topics that there are' {
        foreach ($name in [regex]::Matches($text, '\b(?:[A-Z][a-z]+)-[A-Z]\w+').Value | Sort-Object -Unique) { Get-Command $name -ErrorAction Ignore | Should -Not -BeNullOrEmpty -Because $name }
        foreach ($name in [regex]::Matches($text, '\babout_\w+').Value | Sort-Object -Unique) { Join-Path $RepositoryRoot docs about "$name.help.txt" | Should -Exist }
        $known = (Get-Command -Module Cumulus).Parameters.Keys + [Management.Automation.Cmdlet]::CommonParameters
        foreach ($name in [regex]::Matches($text, '(?<=[\s,(])-([A-Z]\w+)').ForEach{ $_.Groups[1].Value } | Sort-Object -Unique) { $known | Should -Contain $name }
    }

    It 'has examples that parse' {
        $examples = [regex]::Match($text, '(?s)EXAMPLES\n(.*?)\nKEYWORDS').Groups[1].Value -split '\n' | Where-Object { $_ -match '^ {8}\S' }
        $examples | Should -Not -BeNullOrEmpty
        $mistakes = $null
        $null = [Management.Automation.Language.Parser]::ParseInput($examples -join "`n", [ref]$null, [ref]$mistakes)
        $mistakes | Should -BeNullOrEmpty
    }
}
