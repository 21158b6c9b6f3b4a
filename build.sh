#!/usr/bin/env bash
# Builds, tests and shows Cumulus. Needs bash and a .NET SDK (8 or later); sets up the rest below out/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

usage() {
    cat <<'EOF'
usage: ./build.sh TASK

  build              the module to out/Cumulus, the console to out/cumulus
  test               all tests; ends with "N passed, N failed, N skipped"
  demo [pwsh|console]  the main job, end to end, on a local AWS
  bench [CONTEST..]  this module and its peers on the same work, as ratios: start, build, rebuild, expand,
                     install, publish, compressors, cloud; all of them take half an hour
  package            the module and the console as packages, with checksums and an SBOM, under out/packages
  clean              removes out/, bin/ and obj/
EOF
}

fail() {
    printf 'build.sh: %s\n' "$1" >&2
    exit 1
}

require_dotnet() {
    command -v dotnet >/dev/null || fail "the .NET SDK is missing: install .NET 8 or later from https://dotnet.microsoft.com/download"
    [ -n "$(dotnet --list-sdks)" ] || fail "dotnet is here without an SDK: install the .NET SDK, 8 or later, from https://dotnet.microsoft.com/download"
}

# The stand-in for AWS: the one that is installed, else our own in out/moto.
require_moto() {
    if [ -n "${CUMULUS_MOTO_SERVER:-}" ]; then return; fi
    if command -v moto_server >/dev/null; then
        CUMULUS_MOTO_SERVER=$(command -v moto_server)
    else
        CUMULUS_MOTO_SERVER=$PWD/out/moto/bin/moto_server
        if [ ! -x "$CUMULUS_MOTO_SERVER" ]; then
            command -v python3 >/dev/null || fail "python3 is missing: the local AWS (moto) needs it; install Python 3.9 or later"
            echo "Setting up moto in out/moto"
            mkdir -p out
            python3 -m venv out/moto || fail "python3 cannot make a virtual environment: install its venv module (Debian: apt-get install python3-venv)"
            out/moto/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.2.1' || fail "pip could not install moto[server]: see its message above"
        fi
    fi
    export CUMULUS_MOTO_SERVER
}

build() {
    require_dotnet
    dotnet build Cumulus.sln -c Release -v quiet -clp:NoSummary
    dotnet msbuild src/Cumulus.Precompiler -restore -t:Precompile -v:quiet -nologo >out/precompile.log 2>&1 ||
        echo "Not compiled ahead of time, so commands start slower: out/precompile.log says why"
    echo "Built out/Cumulus/Cumulus.psd1 and out/cumulus"
}

# Adds up the closing lines of `dotnet test` and of the module's suite into one.
closing_line() {
    awk '
        match($0, /Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+/) {
            split(substr($0, RSTART, RLENGTH), n, /[^0-9]+/); failed += n[2]; passed += n[3]; skipped += n[4]
        }
        /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed += $1; failed += $3; skipped += $5 }
        END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 || passed == 0 }
    ' "$1"
}

# What tests and the demo build is not kept in the cache of whoever runs them.
use_own_cache() {
    export CUMULUS_CACHE=$PWD/out/cache
}

run_tests() {
    build
    require_moto
    use_own_cache
    mkdir -p out
    local log=out/test.log status=0 note=""
    dotnet test Cumulus.sln -c Release --no-build -v quiet -clp:NoSummary --logger 'console;verbosity=minimal' 2>&1 | tee "$log" || status=1

    if ! command -v pwsh >/dev/null; then
        note="SKIPPED: the module's suite (Pester), because pwsh is not on PATH"
    elif ! pwsh -NoProfile -NonInteractive -Command 'exit [int](-not (Get-Module Pester -ListAvailable | Where-Object Version -ge ([version]"5.0")))'; then
        note="SKIPPED: the module's suite, because pwsh has no Pester 5 (Install-Module Pester)"
    else
        pwsh -NoProfile -NonInteractive -File tests/Cumulus.Module.Tests/run.ps1 2>&1 | tee -a "$log" || status=1
    fi

    echo
    [ -z "$note" ] || echo "$note"
    closing_line "$log" || status=1
    return "$status"
}

run_demo() {
    local front=${1:-}
    if [ -z "$front" ]; then
        if command -v pwsh >/dev/null; then front=pwsh; else front=console; fi
    fi
    case $front in
        pwsh | console) ;;
        *) fail "demo runs in 'pwsh' or in the 'console', not in '$front'" ;;
    esac
    build
    require_moto
    use_own_cache
    # The example is copied: the demo changes a page.
    local root=$PWD
    rm -rf out/demo
    mkdir -p out/demo
    cp -R docs/examples/webshop out/demo/webshop
    cd out/demo/webshop
    case $front in
        pwsh) exec pwsh -NoProfile -File "$root/docs/examples/Invoke-CommandFile.ps1" demo.ps1 ;;
        console) exec "$root/out/cumulus" -File demo.ps1 ;;
    esac
}

run_package() {
    build
    dotnet run -c Release --no-build --project src/Cumulus.Packager -- "$PWD" out/packages
}

run_clean() {
    rm -rf out
    find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
}

case ${1:-} in
    build) build ;;
    test) run_tests ;;
    demo) run_demo "${2:-}" ;;
    bench)
        build
        exec dotnet run -c Release --no-build --project tests/Cumulus.Benchmarks -- "${@:2}"
        ;;
    package) run_package ;;
    clean) run_clean ;;
    -h | --help | help) usage ;;
    '') usage >&2; exit 2 ;;
    *) printf "build.sh: there is no task '%s'\n\n" "$1" >&2; usage >&2; exit 2 ;;
esac
