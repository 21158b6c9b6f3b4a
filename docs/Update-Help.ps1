<#
.SYNOPSIS
    Makes the file that Get-Help reads from the pages in docs/cmdlets.
.DESCRIPTION
    The file, src/Cumulus.PowerShell/en-US/Cumulus.PowerShell.dll-Help.xml, is checked in, so that a build needs nothing for it. Run this
    script after a page was changed; a test of the module says when the file is stale. It needs Microsoft.PowerShell.PlatyPS 1.0
    (Install-PSResource Microsoft.PowerShell.PlatyPS).
.EXAMPLE
    pwsh docs/Update-Help.ps1
#>
#Requires -Modules @{ ModuleName = 'Microsoft.PowerShell.PlatyPS'; ModuleVersion = '1.0.0' }
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/../tests/Cumulus.Module.Tests/HelpPages.ps1
$file = Join-Path $PSScriptRoot .. src Cumulus.PowerShell en-US Cumulus.PowerShell.dll-Help.xml
$pages = Get-ChildItem -Path (Join-Path $PSScriptRoot cmdlets *.md)

foreach ($page in $pages) {
    if (-not (Test-MarkdownCommandHelp -Path $page.FullName)) {
        throw "$page is not a page of PlatyPS: see Test-MarkdownCommandHelp -DetailView."
    }
}

$help = $pages | Import-MarkdownCommandHelp
$folder = Join-Path ([IO.Path]::GetTempPath()) (New-Guid)
try {
    $made = Export-MamlCommandHelp -CommandHelp $help -OutputFolder $folder
    $document = [Xml.XmlDocument]::new()
    $document.Load(@($made)[0].FullName)
}
finally {
    Remove-Item -LiteralPath $folder -Recurse -ErrorAction Ignore
}

$names = [Xml.XmlNamespaceManager]::new($document.NameTable)
$names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
$names.AddNamespace('maml', 'http://schemas.microsoft.com/maml/2004/10')
$names.AddNamespace('dev', 'http://schemas.microsoft.com/maml/dev/2004/10')

function Add-Element($Parent, [string] $Name, [string] $Text) {
    $element = $document.CreateElement($Name, $names.LookupNamespace($Name.Split(':')[0]))
    $element.InnerText = $Text
    $null = $Parent.AppendChild($element)
}

# PlatyPS leaves an example's markdown as it is, and its code in the text.
foreach ($example in $document.SelectNodes('//command:example', $names)) {
    $text = @($example.SelectNodes('maml:introduction/maml:para', $names).InnerText) -join "`n"
    $blocks = [regex]::Split($text.Trim(), '(?m)^```')
    $code = $blocks[1] -replace '^\w*\n'
    $example.SelectSingleNode('maml:introduction', $names).InnerText = ''
    $example.SelectSingleNode('dev:code', $names).InnerText = $code.Trim()
    $remarks = $example.SelectSingleNode('dev:remarks', $names)
    foreach ($block in $blocks | Select-Object -Skip 2) {
        $plain = $block -replace '^(output|powershell|console)\n' -replace '^(\s*\n)+|\s+$'
        if ($plain) { Add-Element $remarks maml:para $plain }
    }
}

# It also leaves default values out.
foreach ($command in $help) {
    foreach ($parameter in $command.Parameters | Where-Object DefaultValue) {
        $path = "//command:command[command:details/command:name='$($command.Title)']/command:parameters/command:parameter[maml:name='$($parameter.Name)']"
        Add-Element $document.SelectSingleNode($path, $names) dev:defaultValue $parameter.DefaultValue
    }
}

# Get-Help shows text as it is written, and knows no relative address.
foreach ($link in @($document.SelectNodes('//maml:navigationLink', $names))) {
    if ($link['maml:linkText'].InnerText -eq 'Online Version') { $null = $link.ParentNode.RemoveChild($link) }
    else { $link['maml:uri'].InnerText = '' }
}
foreach ($text in $document.SelectNodes('//text()[contains(., "`")][not(ancestor::dev:code)]', $names)) {
    $text.Value = $text.Value.Replace('`', '')
}

$stamp = $document.CreateComment(" Made from docs/cmdlets by docs/Update-Help.ps1. Pages: $(Get-PagesDigest $pages) ")
$null = $document.InsertBefore($stamp, $document.DocumentElement)
$null = New-Item -ItemType Directory -Force -Path (Split-Path $file)
$settings = [Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [Text.UTF8Encoding]::new($false) }
$writer = [Xml.XmlWriter]::Create($file, $settings)
$document.Save($writer)
$writer.Dispose()
(Resolve-Path -LiteralPath $file).ProviderPath
