<#
.SYNOPSIS
    Makes docs/guides/when-things-go-wrong.md from the explanations in the engine.
.DESCRIPTION
    Run it in a new pwsh, after a build, when src/Cumulus.Engine/ErrorHelp.cs was changed; a test says when the page is stale.
.EXAMPLE
    pwsh docs/Update-ErrorGuide.ps1
#>
$ErrorActionPreference = 'Stop'
Add-Type -LiteralPath (Join-Path $PSScriptRoot .. out Cumulus deps Cumulus.Engine.dll)
$file = Join-Path $PSScriptRoot guides when-things-go-wrong.md
[IO.File]::WriteAllText($file, [Cumulus.Engine.ErrorHelp]::Guide())
(Resolve-Path -LiteralPath $file).ProviderPath
