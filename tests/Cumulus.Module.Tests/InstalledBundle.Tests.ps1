BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath

    function New-TestBundle([string] $Name, [string] $Version, [hashtable] $Files) {
        $source = Join-Path $TestDrive "source-$(New-Guid)"
        foreach ($file in $Files.GetEnumerator()) {
            $item = New-Item -ItemType File -Path (Join-Path $source $file.Key) -Value $file.Value -Force
            if ($file.Value.StartsWith('#!')) { chmod +x $item.FullName }
        }
        New-Bundle -Path $source -Name $Name -Version $Version -DestinationPath (Join-Path $TestDrive "bundles-$(New-Guid)")
    }

    # A host with two bundles over one file of its own.
    function New-TestHost {
        $root = Join-Path $TestDrive "host-$(New-Guid)"
        $null = New-Item -ItemType File -Path (Join-Path $root etc app.conf) -Value 'by hand' -Force
        $web = New-TestBundle web 1 @{ 'srv/web/index.html' = 'one'; 'etc/app.conf' = 'bundle'; 'etc/cumulus-init.d/K1' = "#!/bin/sh`necho stopping" }
        $data = New-TestBundle data 1 @{ 'srv/data/d' = 'data' }
        $null = Install-Bundle -Path $web.Path, $data.Path -RootPath $root
        $root
    }
}

Describe 'Get-InstalledBundle' {
    It 'has nothing to tell, and no error, where nothing was installed' {
        Get-InstalledBundle -RootPath (Join-Path $TestDrive empty) -ErrorVariable failure | Should -BeNullOrEmpty
        $failure | Should -BeNullOrEmpty
        $verbose = Get-InstalledBundle -RootPath (Join-Path $TestDrive empty) -Verbose 4>&1
        "$verbose" | Should -BeLike '*0 are installed*'
    }

    It 'lists bundles by pattern, and their files' {
        $root = New-TestHost
        $found = Get-InstalledBundle -RootPath $root
        $found.Name | Should -Be web, data
        $found[0].State | Should -Be Committed
        $found[0].RootPath | Should -Be $root
        (Get-InstalledBundle 'd*' -RootPath $root).Files | Should -Be 1
        (Get-InstalledBundle web -RootPath $root -ListFiles).Path | Should -Contain (Join-Path $root srv web index.html)
    }

    It 'names what there is when a bundle is not there' {
        Get-InstalledBundle wep -RootPath (New-TestHost) -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'BundleNotInstalled,*'
        $failure[0].CategoryInfo.Category | Should -Be ObjectNotFound
        "$($failure[0])" | Should -BeLike '*web, data*'
    }

    It 'names a state document that is damaged or of a newer version' {
        $root = New-TestHost
        $document = Join-Path $root var lib cumulus installed.json
        foreach ($content in '{ half', '{"schema":99}') {
            Set-Content -LiteralPath $document -Value $content
            Get-InstalledBundle -RootPath $root -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
            $failure[0].TargetObject | Should -Be $document
        }
    }
}

Describe 'Test-InstalledBundle' {
    It 'takes what Get-InstalledBundle and Install-Bundle write, and drift is a record and an error' {
        $root = New-TestHost
        (Get-InstalledBundle -RootPath $root | Test-InstalledBundle).IsValid | Should -Be $true, $true
        Set-Content -LiteralPath (Join-Path $root srv web index.html) -Value two
        Set-Content -LiteralPath (Join-Path $root srv web extra) -Value x
        $test = Get-InstalledBundle web -RootPath $root | Test-InstalledBundle -ErrorAction SilentlyContinue -ErrorVariable failure
        $test.IsValid | Should -BeFalse
        $test.Changed, $test.Missing, $test.Extra | Should -Be 1, 0, 1
        $test.Differences.Kind | Should -Be Extra, Changed
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'InstalledBundleTestFailed,*'
        { Test-InstalledBundle web -RootPath $root -ErrorAction Stop } | Should -Throw
        $again = Install-Bundle -Path (New-TestBundle web 1 @{ 'srv/web/index.html' = 'one' }).Path -RootPath $root
        ($again | Test-InstalledBundle -IgnoreExtra).IsValid | Should -BeTrue
    }
}

Describe 'Uninstall-Bundle' {
    It 'lists scripts and files under -WhatIf, and changes nothing' {
        $root = New-TestHost
        $plan = Uninstall-Bundle web -RootPath $root -WhatIf
        $plan.ForEach{ "$($_.Kind) $([IO.Path]::GetRelativePath($root, $_.Path))" } |
            Should -Be 'Stop etc/cumulus-init.d/K1', 'Restore etc/app.conf', 'Remove etc/cumulus-init.d/K1', 'Remove srv/web/index.html'
        (Get-InstalledBundle -RootPath $root).Name | Should -Be web, data
    }

    It 'removes what comes through the pipeline as one transaction' {
        $root = New-TestHost
        $gone = Get-InstalledBundle -RootPath $root | Uninstall-Bundle -Confirm:$false -Verbose 4>&1
        $gone.Where{ $_ -isnot [Management.Automation.VerboseRecord] }.Name | Should -Be web, data
        @($gone -like '*Running K1*') | Should -HaveCount 1
        Get-Content -Raw (Join-Path $root etc app.conf) | Should -Be 'by hand'
        Join-Path $root srv | Should -Not -Exist
    }

    It 'asks, and does nothing where nobody answers' {
        $result = Invoke-Pwsh -Arguments $ModulePath, (New-TestHost) {
            param($module, $root)
            Import-Module $module
            Uninstall-Bundle web -RootPath $root -ErrorAction SilentlyContinue -ErrorVariable failure
            $failure[0].FullyQualifiedErrorId
            (Get-InstalledBundle -RootPath $root).Name
        }
        $result.Lines | Should -Be 'ConfirmationUnavailable,Cumulus.PowerShell.UninstallBundleCommand', web, data
    }

    It 'removes nothing when one name is wrong' {
        $root = New-TestHost
        Uninstall-Bundle web, wep -RootPath $root -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'BundleNotInstalled,*'
        (Get-InstalledBundle -RootPath $root).Name | Should -Be web, data
    }
}

Describe 'Install-Bundle from the pipeline' {
    It 'installs nothing when the bundles do not fit together' {
        $root = Join-Path $TestDrive mixed
        $bundles = '1', '2' | ForEach-Object { [pscustomobject]@{ Name = 'web'; Environment = 'stage'; Version = $_; Bucket = 'b'; Region = 'eu-west-1' } }
        $bundles | Install-Bundle -RootPath $root -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure | Should -HaveCount 1
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'BundleEnvironmentMismatch,*'
        $root | Should -Not -Exist
    }
}

Describe 'Install-Bundle -WhatIf' {
    It 'lists scripts and files as objects in one table' {
        $root = New-TestHost
        $next = New-TestBundle web 2 @{ 'srv/web/index.html' = 'two'; 'etc/cumulus-init.d/S1' = "#!/bin/sh`n" }
        $plan = Install-Bundle -Path $next.Path -RootPath $root -WhatIf
        $plan[0].Kind, $plan[0].Name, $plan[0].Bundle | Should -Be Stop, K1, web
        $plan[-1].Kind, $plan[-1].Name, $plan[-1].Bundle | Should -Be Start, S1, web
        $plan.Where{ $_.Kind -eq 'Replace' }.Path | Should -Be (Join-Path $root srv web index.html)
        @(($plan | Out-String) -split "`n" -match '^Kind +Bundle +Path') | Should -HaveCount 1
    }
}
