BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath

    function Get-Entry([Parameter(ValueFromPipeline)] $Bundle) {
        process { (Get-Content -Raw $Bundle.ManifestPath | ConvertFrom-Json).entries.name }
    }
}

Describe 'New-Bundle' {
    BeforeEach {
        $root = Join-Path $TestDrive (New-Guid)
        foreach ($file in 'site/a.txt', 'site/b.log', 'site/sub/c', 'conf/d', 'lit[1]/e') {
            New-Item -ItemType File -Path (Join-Path $root $file) -Value x -Force | Out-Null
        }

        Push-Location -LiteralPath $root
        $to = @{ DestinationPath = 'out'; NoCache = $true }
    }

    AfterEach { Pop-Location }

    It 'puts the content of one folder at the root, and several paths under their names' {
        New-Bundle -Path site @to | Get-Entry | Should -Be 'a.txt', 'b.log', 'sub/c'
        New-Bundle -Path site/sub, conf -Name two @to | Get-Entry | Should -Be 'conf/d', 'sub/c'
    }

    It 'finds what wildcards name, and says when they find nothing' {
        New-Bundle -Path site/*.TXT, c?nf -Name found @to | Get-Entry | Should -Be 'a.txt', 'conf/d'
        New-Bundle -Path nothing* -Name none @to -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'BundlePathNotFound,*'
    }

    It 'takes names as they are with -LiteralPath, and from a drive of the session' {
        New-Bundle -LiteralPath 'lit[1]' -Name lit @to | Get-Entry | Should -Be 'e'
        New-PSDrive -Name Site -PSProvider FileSystem -Root (Join-Path $root site) | Out-Null
        New-Bundle -Path Site:/*.log -Name drive @to | Get-Entry | Should -Be 'b.log'
    }

    It 'takes files, folders and paths from the pipeline into one bundle' {
        Get-ChildItem -Directory | New-Bundle -Name piped @to | Get-Entry | Should -Be 'conf/d', 'lit[1]/e', 'site/a.txt', 'site/b.log', 'site/sub/c'
        'conf' | New-Bundle -Name piped @to | Get-Entry | Should -Be 'conf/d'
    }

    It 'builds nothing of the rest when a piped path is wrong' {
        'conf', 'absent*' | New-Bundle -Name piped @to -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        'out' | Should -Not -Exist
    }

    It 'asks for a name when the paths give none' {
        New-Bundle -Path site, conf @to -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'NameInvalid,*'
    }

    It 'leaves out what -Exclude and .cumulusignore name' {
        Set-Content site/.cumulusignore '*.log'
        New-Bundle -Path site -Exclude sub/ @to | Get-Entry | Should -Be 'a.txt'
        New-Bundle -Path site -Exclude '!b.log' @to | Get-Entry | Should -Be 'a.txt', 'b.log', 'sub/c'
        New-Bundle -Path site -Exclude '[a' @to -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'IgnorePatternInvalid,*'
    }

    It 'renames by -PathRewrite' {
        New-Bundle -Path site/sub, conf -Name moved -PathRewrite 'sub -> srv/web', 'conf -> /' @to | Get-Entry | Should -Be 'd', 'srv/web/c'
        New-Bundle -Path site -PathRewrite 'sub' @to -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'PathInvalid,*'
    }

    It 'writes the format that is asked for, and names the known ones' {
        (New-Bundle -Path site -Format TAR.GZ @to).Path | Should -BeLike '*site.tar.gz'
        { New-Bundle -Path site -Format rar @to } | Should -Throw '*zip,tar.gz,tar.bz2*'
        (TabExpansion2 'New-Bundle -Format ta').CompletionMatches.ListItemText | Sort-Object | Should -Be 'tar.bz2', 'tar.gz'
    }

    It 'keeps links or follows them, and overrides the configuration both ways' -Skip:$IsWindows {
        New-Item -ItemType SymbolicLink -Path site/l -Target a.txt | Out-Null
        Set-Content cumulus.conf "[environment: stage]`nversion = 1`nbundles = web`n[bundle: web]`npaths = site`n"
        $kept = { (Get-Content -Raw $args[0].ManifestPath | ConvertFrom-Json).entries.Where{ $_.type -eq 'link' }.Count }
        & $kept (New-Bundle -Path site @to) | Should -Be 1
        & $kept (New-Bundle -Path site -FollowSymlink @to) | Should -Be 0
        & $kept (New-Bundle stage @to) | Should -Be 0
        & $kept (New-Bundle stage -FollowSymlink:$false @to) | Should -Be 1
    }

    It 'warns of a link that points to nothing' -Skip:$IsWindows {
        New-Item -ItemType SymbolicLink -Path site/l -Target nowhere -Force | Out-Null
        New-Bundle -Path site @to -WarningAction SilentlyContinue -WarningVariable warning | Should -Not -BeNullOrEmpty
        $warning[0].Message | Should -BeLike "*'l' points to 'nowhere'*"
    }

    It 'does not mix paths with an environment' {
        { New-Bundle -Path site -Environment stage @to } | Should -Throw
    }

    It 'runs hooks with their variables, shows their lines, and none under -WhatIf' -Skip:$IsWindows {
        $hook = 'echo "$CUMULUS_BUNDLE $CUMULUS_BUNDLE_FORMAT $CUMULUS_BUNDLE_PATH [$CUMULUS_BUNDLE_DIGEST]"; touch ran'
        Set-Content cumulus.yml "environments:`n  stage: { version: 1, bundles: [web] }`nbundles:`n  web:`n    paths: site`n    format: tar.gz`n    pre-bundle-hook: '$hook'`n    post-bundle-hook: '$hook'"
        New-Bundle stage @to -WhatIf | Should -BeNullOrEmpty
        'ran' | Should -Not -Exist
        $lines = New-Bundle stage @to -Verbose 4>&1
        $path = Join-Path $root out bundle-stage-1-web.tar.gz
        "$lines" | Should -BeLike "*pre-bundle-hook: web tar.gz $path ``[``]*"
        "$lines" | Should -BeLike "*post-bundle-hook: web tar.gz $path ``[sha256:*"
    }
}
