# Dot-sourced by what reads the pages in docs/cmdlets: the suite, and docs/Update-Help.ps1.

# One digest for all pages, whatever line ends a checkout has.
function Get-PagesDigest([IO.FileInfo[]] $Pages) {
    $text = $Pages | Sort-Object Name -Culture '' | ForEach-Object { "$($_.Name)`n" + [IO.File]::ReadAllText($_.FullName).ReplaceLineEndings("`n") }
    $bytes = [Text.Encoding]::UTF8.GetBytes(-join $text)
    [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes)).ToLowerInvariant()
}

# The parts below headings of one level, by heading; '#' in a block of code is none.
function Get-PagePart([string] $Markdown, [string] $Mark) {
    $parts = [ordered]@{}
    $heading = $null
    $fenced = $false
    foreach ($line in $Markdown -split "`n") {
        if ($line.StartsWith('```')) { $fenced = -not $fenced }
        if (-not $fenced -and $line.StartsWith("$Mark ")) {
            $heading = $line.Substring($Mark.Length + 1).Trim()
            $parts[$heading] = [Collections.Generic.List[string]]::new()
        }
        elseif ($heading) { $parts[$heading].Add($line) }
    }
    foreach ($name in @($parts.Keys)) { $parts[$name] = ($parts[$name] -join "`n").Trim() }
    $parts
}

function Read-HelpPage([string] $Path) {
    $text = [IO.File]::ReadAllText($Path).ReplaceLineEndings("`n")
    $parts = Get-PagePart $text '##'
    $examples = Get-PagePart $parts.EXAMPLES '###'
    $parameters = [ordered]@{}
    foreach ($part in (Get-PagePart $parts.PARAMETERS '###').GetEnumerator() | Where-Object Key -like '-*') {
        $words, $facts = $part.Value -split '```yaml', 2
        $parameters[$part.Key.TrimStart('-')] = [pscustomobject]@{ Words = $words.Trim().Replace('`', ''); Facts = $facts }
    }
    [pscustomobject]@{
        Text       = $text
        Synopsis   = $parts.SYNOPSIS
        Syntax     = @([regex]::Matches($parts.SYNTAX, '(?ms)^```\n(.*?)^```') | ForEach-Object { $_.Groups[1].Value -replace '\s+', ' ' } | ForEach-Object Trim)
        Notes      = $parts.NOTES
        Outputs    = @((Get-PagePart $parts.OUTPUTS '###').Keys)
        Parameters = $parameters
        Examples   = @($examples.GetEnumerator() | ForEach-Object {
                [pscustomobject]@{ Title = $_.Key; Code = [regex]::Match($_.Value, '(?ms)^```\w+\n(.*?)\n```').Groups[1].Value }
            })
    }
}
