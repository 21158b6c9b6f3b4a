# Dot-sourced by what reads the pages in docs/cmdlets: the suite, and docs/Update-Help.ps1.

# One digest for all pages, whatever line ends a checkout has.
function Get-PagesDigest([IO.FileInfo[]] $Pages) {
    $text = $Pages | Sort-Object Name -Culture '' | ForEach-Object { "$($_.Name)`n" + [IO.File]::ReadAllText($_.FullName).ReplaceLineEndings("`n") }
    $bytes = [Text.Encoding]::UTF8.GetBytes(-join $text)
    [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes)).ToLowerInvariant()
}
