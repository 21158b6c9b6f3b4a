BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath

    function New-TestBundle([string] $Version, [hashtable] $Files) {
        $source = Join-Path $TestDrive "source-$(New-Guid)"
        foreach ($file in $Files.GetEnumerator()) { New-Item -ItemType File -Path (Join-Path $source $file.Key) -Value $file.Value -Force | Out-Null }
        New-Bundle -Path $source -Name web -Version $Version -DestinationPath (Join-Path $TestDrive "bundles-$Version-$(New-Guid)")
    }
}

Describe 'New-BundleKey' {
    It 'makes a pair, and encrypts with a SecureString' {
        $path = Join-Path $TestDrive pair release.pem
        $passphrase = [securestring]::new()
        'long enough'.ToCharArray().ForEach{ $passphrase.AppendChar($_) }
        $key = New-BundleKey $path -Passphrase $passphrase
        $key.Path | Should -Be $path
        $key.KeyId | Should -Match '^sha256:[0-9a-f]{64}$'
        Get-Content -Raw $path | Should -Match 'BEGIN ENCRYPTED PRIVATE KEY'
        Get-Content -Raw $key.PublicKeyPath | Should -Match 'BEGIN PUBLIC KEY'
    }

    It 'writes nothing under -WhatIf and nothing over a key that is there' {
        $path = Join-Path $TestDrive release.pem
        New-BundleKey $path -WhatIf | Should -BeNullOrEmpty
        $path | Should -Not -Exist
        $first = New-BundleKey $path
        New-BundleKey $path -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'KeyAlreadyExists,*'
        (New-BundleKey $path -Force).KeyId | Should -Not -Be $first.KeyId
    }

    It 'does not take an empty passphrase for none' {
        New-BundleKey (Join-Path $TestDrive empty.pem) -Passphrase ([securestring]::new()) -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'KeyPassphraseRejected,*'
        New-BundleKey (Join-Path $TestDrive empty.pem) -PassphraseVariable CUMULUS_NO_SUCH_VARIABLE -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'KeyPassphraseRejected,*'
        Join-Path $TestDrive empty.pem | Should -Not -Exist
    }
}

Describe 'Test-Bundle' {
    It 'takes bundles, files and patterns, and an invalid bundle is a record and an error' {
        $bundle = New-TestBundle 1 @{ x = '1' }
        ($bundle | Test-Bundle).IsValid | Should -BeTrue
        (Get-ChildItem $bundle.Path | Test-Bundle).Path | Should -Be $bundle.Path
        (Test-Bundle (Join-Path (Split-Path $bundle.Path) *)).Path | Should -Be $bundle.Path

        Add-Content -LiteralPath $bundle.ManifestPath -Value 'x'
        $test = $bundle | Test-Bundle -ErrorAction SilentlyContinue -ErrorVariable failure
        $test.IsValid | Should -BeFalse
        $test.Problems | Should -HaveCount 1
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'BundleTestFailed,*'
        $failure[0].CategoryInfo.Category | Should -Be SecurityError
        { $bundle | Test-Bundle -ErrorAction Stop } | Should -Throw
    }

    It 'ends before the first archive when a key is none' {
        $bundle = New-TestBundle 1 @{ x = '1' }
        { $bundle | Test-Bundle -PublicKey $bundle.Path } | Should -Throw -ErrorId 'KeyInvalid,*'
    }

    It 'asks for a signature when it has a key' {
        $key = New-BundleKey (Join-Path $TestDrive "$(New-Guid).pem")
        $test = New-TestBundle 1 @{ x = '1' } | Test-Bundle -PublicKey $key.PublicKeyPath -ErrorAction SilentlyContinue
        $test.IsValid, "$($test.Signature)" | Should -Be $false, 'Missing'
    }
}

Describe 'Get-BundleContent and Compare-Bundle' {
    BeforeAll {
        $old = New-TestBundle 1 @{ x = '1'; gone = '2'; 'docs/a.txt' = 'same' }
        $new = New-TestBundle 2 @{ x = '11'; come = '3'; 'docs/b.txt' = 'same' }
    }

    It 'list the entries of bundles, archives and manifests' {
        ($old | Get-BundleContent).Name | Should -Be 'docs/a.txt', 'gone', 'x'
        (Get-BundleContent $old.ManifestPath -EntryName 'DOCS/*', x).Name | Should -Be 'docs/a.txt', 'x'
        (Get-ChildItem $old.Path | Get-BundleContent -EntryName x).Mode | Should -BeExactly '0644'
        (Get-BundleContent (Join-Path (Split-Path $old.Path) *)).Name | Should -Be 'docs/a.txt', 'gone', 'x'
    }

    It 'compare by pipeline, by pair and by path' {
        $expected = '+ come', '> docs/b.txt', '- gone', '~ x'
        $old, $new | Compare-Bundle | ForEach-Object { "$($_.Sign) $($_.Name)" } | Should -Be $expected
        Compare-Bundle $old $new.Path | ForEach-Object { "$($_.Sign) $($_.Name)" } | Should -Be $expected
        Compare-Bundle $old $old | Should -BeNullOrEmpty
        (Compare-Bundle $old $old -IncludeEqual).Kind | Should -Be Equal, Equal, Equal
    }

    It 'say it when there are not two of a name, and when it is no bundle' {
        $old, $new, $old | Compare-Bundle -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'InputNotBound,*'
        Compare-Bundle $old 5 -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'InputNotBound,*'
    }
}
