# Dot-sourced by the suite's runner and by each of its files.
$env:NO_COLOR = '1'
$RepositoryRoot = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
$ModuleFolder = Join-Path $RepositoryRoot out Cumulus
$ModulePath = Join-Path $ModuleFolder Cumulus.psd1
$FixturePath = Join-Path $PSScriptRoot Fixture bin Release net8.0 Cumulus.Fixture.dll
$ForeignPaths = 'YamlDotNet', 'AWSSDK.Core' | ForEach-Object { Join-Path $PSScriptRoot Foreign $_ bin Release net8.0 "$_.dll" }

# What another process wrote and how it ended. -Answers are typed at its prompts.
function Invoke-Pwsh([scriptblock] $Script, [object[]] $Arguments = @(), [string[]] $Answers) {
    $pwsh = [Environment]::ProcessPath
    $file = Join-Path $TestDrive "$(New-Guid).ps1"
    Set-Content -LiteralPath $file -Value $Script.ToString()
    $options = @('-NoProfile'; if (-not $Answers) { '-NonInteractive' })
    $lines = @($Answers | & $pwsh @options -File $file @Arguments 2>&1 | ForEach-Object { "$_" })
    [pscustomobject]@{ ExitCode = $LASTEXITCODE; Lines = $lines; Text = $lines -join "`n" }
}

# A runspace of its own with the module and its fixture in it.
function New-Shell([string] $Script) {
    $shell = [powershell]::Create()
    $null = $shell.AddScript('param($paths) Import-Module $paths').AddArgument(@($ModulePath, $FixturePath)).Invoke()
    $shell.Commands.Clear()
    $shell.AddScript($Script)
}
