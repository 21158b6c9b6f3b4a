<#
.SYNOPSIS
    Builds, tests and shows Cumulus: the tasks of build.sh for a PowerShell prompt.
.EXAMPLE
    ./build.ps1 test
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateSet('build', 'test', 'demo', 'bench', 'package', 'clean')]
    [string] $Task,

    # bench: the contests to hold; none: all.
    [Parameter(Position = 1, ValueFromRemainingArguments)]
    [ValidateSet('start', 'build', 'rebuild', 'expand', 'install', 'publish', 'compressors')]
    [string[]] $Contest
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location $PSScriptRoot

function Assert-Dotnet {
    if (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore) -or -not (dotnet --list-sdks)) {
        throw 'The .NET SDK is missing: install .NET 8 or later from https://dotnet.microsoft.com/download'
    }
}

# The stand-in for AWS: the one that is installed, else our own in out/moto.
function Initialize-Moto {
    if ($env:CUMULUS_MOTO_SERVER) { return }
    $installed = Get-Command moto_server -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if ($installed) {
        $env:CUMULUS_MOTO_SERVER = $installed.Source
        return
    }

    $scripts = $IsWindows ? 'Scripts' : 'bin'
    $server = Join-Path $PWD out moto $scripts ($IsWindows ? 'moto_server.exe' : 'moto_server')
    if (-not (Test-Path $server)) {
        $python = Get-Command python3, python -CommandType Application -ErrorAction Ignore | Select-Object -First 1
        if (-not $python) { throw 'Python is missing: the local AWS (moto) needs it; install Python 3.9 or later' }
        'Setting up moto in out/moto'
        & $python -m venv out/moto
        & (Join-Path out moto $scripts pip) install --quiet --disable-pip-version-check 'moto[server]==5.2.1'
    }

    $env:CUMULUS_MOTO_SERVER = $server
}

# What tests and the demo build is not kept in the cache of whoever runs them.
function Use-OwnCache {
    $env:CUMULUS_CACHE = Join-Path $PWD out cache
}

function Invoke-Build {
    Assert-Dotnet
    dotnet build Cumulus.sln -c Release -v quiet -clp:NoSummary
    $PSNativeCommandUseErrorActionPreference = $false
    dotnet msbuild src/Cumulus.Precompiler -restore -t:Precompile -v:quiet -nologo > out/precompile.log
    if ($LASTEXITCODE) { 'Not compiled ahead of time, so commands start slower: out/precompile.log says why' }
    'Built out/Cumulus/Cumulus.psd1 and out/cumulus'
}

function Invoke-Test {
    Invoke-Build
    Initialize-Moto
    Use-OwnCache
    $PSNativeCommandUseErrorActionPreference = $false
    $failed = $false
    $note = $null
    dotnet test Cumulus.sln -c Release --no-build -v quiet -clp:NoSummary --logger 'console;verbosity=minimal' 2>&1 | Tee-Object -Variable lines | Out-Host
    $failed = $LASTEXITCODE -ne 0

    if (Get-Module Pester -ListAvailable | Where-Object Version -ge ([version]'5.0')) {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File tests/Cumulus.Module.Tests/run.ps1 2>&1 |
            Tee-Object -Variable moduleLines | Out-Host
        $failed = $failed -or $LASTEXITCODE -ne 0
    }
    else {
        $note = "SKIPPED: the module's suite, because pwsh has no Pester 5 (Install-Module Pester)"
    }

    $passed = $broken = $skipped = 0
    foreach ($line in @($lines) + @($moduleLines)) {
        if ("$line" -match 'Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+)') {
            $broken += [int]$Matches[1]; $passed += [int]$Matches[2]; $skipped += [int]$Matches[3]
        }
        elseif ("$line" -match '^(\d+) passed, (\d+) failed, (\d+) skipped$') {
            $passed += [int]$Matches[1]; $broken += [int]$Matches[2]; $skipped += [int]$Matches[3]
        }
    }

    ''
    if ($note) { $note }
    "$passed passed, $broken failed, $skipped skipped"
    if ($failed -or $broken -or -not $passed) { exit 1 }
}

function Invoke-Demo {
    Invoke-Build
    Initialize-Moto
    Use-OwnCache
    # The example is copied: the demo changes a page.
    Remove-Item out/demo -Recurse -Force -ErrorAction Ignore
    New-Item out/demo -ItemType Directory | Out-Null
    Copy-Item docs/examples/webshop out/demo/webshop -Recurse
    Set-Location out/demo/webshop
    & (Join-Path $PSScriptRoot docs examples Invoke-CommandFile.ps1) demo.ps1
}

function Invoke-Package {
    Invoke-Build
    dotnet run -c Release --no-build --project src/Cumulus.Packager -- $PWD out/packages
}

function Remove-BuildOutput {
    Remove-Item out -Recurse -Force -ErrorAction Ignore
    Get-ChildItem src, tests -Directory -Recurse -Include bin, obj | Remove-Item -Recurse -Force
}

switch ($Task) {
    'build' { Invoke-Build }
    'test' { Invoke-Test }
    'demo' { Invoke-Demo }
    'bench' {
        Invoke-Build
        dotnet run -c Release --no-build --project tests/Cumulus.Benchmarks -- @Contest
    }
    'package' { Invoke-Package }
    'clean' { Remove-BuildOutput }
}
