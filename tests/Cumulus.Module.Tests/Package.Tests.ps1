BeforeDiscovery {
    $hasInstaller = [bool](Get-Module Microsoft.PowerShell.PSResourceGet -ListAvailable)
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $packager = Join-Path $RepositoryRoot src Cumulus.Packager bin Release net8.0 Cumulus.Packager.dll
    $env:DOTNET_ROLL_FORWARD = 'Major'
    $folders = 'one', 'two' | ForEach-Object { Join-Path $TestDrive $_ }
    foreach ($folder in $folders) { $null = & dotnet $packager $RepositoryRoot $folder; $LASTEXITCODE | Should -Be 0 }
    $folder = $folders[0]
    $manifest = Import-PowerShellDataFile -LiteralPath $ModulePath
    $version = $manifest.ModuleVersion
    $expanded = Join-Path $TestDrive Modules Cumulus $version
    [IO.Compression.ZipFile]::ExtractToDirectory((Join-Path $folder "Cumulus.$version.nupkg"), $expanded)
    $tool = Join-Path $TestDrive tool
    [IO.Compression.ZipFile]::ExtractToDirectory((Join-Path $folder "Cumulus.Console.$version.nupkg"), $tool)
}

Describe 'the packages' {
    It 'are the same bytes each time' {
        foreach ($file in Get-ChildItem $folders[0]) {
            (Get-FileHash -LiteralPath $file).Hash | Should -Be (Get-FileHash -LiteralPath (Join-Path $folders[1] $file.Name)).Hash -Because $file.Name
        }
        (Get-ChildItem $folders[0]).Name | Sort-Object | Should -Be "Cumulus.$version.cdx.json", "Cumulus.$version.nupkg", "Cumulus.Console.$version.nupkg", 'SHA256SUMS'
    }

    It 'have checksums that hold' {
        $lines = Get-Content (Join-Path $folder SHA256SUMS)
        $lines | Should -HaveCount 3
        foreach ($line in $lines) {
            $sum, $name = $line -split '  '
            (Get-FileHash -LiteralPath (Join-Path $folder $name)).Hash | Should -Be $sum
        }
    }

    It 'have the version that the assemblies have' {
        [Reflection.AssemblyName]::GetAssemblyName((Join-Path $expanded Cumulus.PowerShell.dll)).Version.ToString(3) | Should -Be $version
    }

    It 'name each library that they ship, with its licence' {
        $sbom = Get-Content -Raw (Join-Path $folder "Cumulus.$version.cdx.json") | ConvertFrom-Json
        $sbom.bomFormat, $sbom.specVersion | Should -Be 'CycloneDX', '1.5'
        $foreign = Get-ChildItem (Join-Path $expanded deps), (Join-Path $expanded console) -Filter *.dll | Where-Object Name -NotLike 'Cumulus.*'
        $sbom.components | Should -HaveCount $foreign.Count
        $sbom.components.licenses.license.id | Sort-Object -Unique | Should -Be 'Apache-2.0', 'MIT'
        $notices = Get-Content -Raw (Join-Path $expanded THIRD-PARTY-NOTICES.txt)
        foreach ($component in $sbom.components) { $notices | Should -Match ([regex]::Escape("$($component.name) $($component.version)")) }
        Join-Path $expanded LICENSE | Should -Exist
        Join-Path $expanded NOTICE | Should -Exist
    }
}

Describe 'the package of the module' {
    It 'has what NuGet and PSResourceGet read' {
        [xml]$nuspec = Get-Content -Raw (Join-Path $expanded Cumulus.nuspec)
        $nuspec.package.metadata.id, $nuspec.package.metadata.version | Should -Be Cumulus, $version
        $tags = $nuspec.package.metadata.tags -split ' '
        $tags | Should -Contain PSModule
        foreach ($name in $manifest.CmdletsToExport) { $tags | Should -Contain "PSCommand_$name" }
        $nuspec.package.metadata.tags.Length | Should -BeLessThan 4000
        [xml]$types = Get-Content -Raw -LiteralPath (Join-Path $expanded '[Content_Types].xml')
        $known = @($types.Types.Default.Extension)
        foreach ($file in Get-ChildItem $expanded -Recurse -File -Force | Where-Object { $_.Name -ne '[Content_Types].xml' }) {
            $known -contains $file.Extension.TrimStart('.') -or $types.Types.Override.PartName -contains "/$($file.Name)" | Should -BeTrue -Because $file.Name
        }
        Join-Path $expanded _rels .rels | Should -Exist
    }

    It 'is a module that can be imported by its name' {
        $before = $env:PSModulePath
        $env:PSModulePath = (Join-Path $TestDrive Modules) + [IO.Path]::PathSeparator + $before
        try {
            $run = Invoke-Pwsh {
                $module = Import-Module Cumulus -PassThru
                $module.ModuleBase
                $module.ExportedCommands.Count
                (Get-Help New-Bundle).Synopsis
                "errors: $($Error.Count)"
            }
            $run.Lines[0] | Should -Be $expanded
            $run.Lines[1] | Should -Be $manifest.CmdletsToExport.Count
            $run.Lines[2] | Should -Match '^Builds '
            $run.Lines[3] | Should -Be 'errors: 0'
        }
        finally { $env:PSModulePath = $before }
    }

    It 'is installed by Install-PSResource from a folder' -Skip:(-not $hasInstaller) {
        $target = Join-Path $TestDrive saved
        Register-PSResourceRepository -Name CumulusTest -Uri $folder -Trusted -Force
        try { Save-PSResource Cumulus -Repository CumulusTest -Path $target }
        finally { Unregister-PSResourceRepository CumulusTest }
        Join-Path $target Cumulus $version Cumulus.psd1 | Should -Exist
    }

    It 'exports no wildcards and says what it runs on' {
        $manifest.CmdletsToExport | Where-Object { $_ -match '\*' } | Should -BeNullOrEmpty
        $manifest.FunctionsToExport + $manifest.AliasesToExport + $manifest.VariablesToExport | Should -HaveCount 0
        $manifest.CompatiblePSEditions | Should -Be Core
        $manifest.PrivateData.PSData.LicenseUri | Should -Match '^https://'
        (Test-ModuleManifest -Path (Join-Path $expanded Cumulus.psd1)).Version | Should -Be ([version]$version)
    }
}

Describe 'the package of the console' {
    It 'is a .NET tool that runs' {
        [xml]$settings = Get-Content -Raw (Join-Path $tool tools net8.0 any DotnetToolSettings.xml)
        $command = $settings.DotNetCliTool.Commands.Command
        $command.Name | Should -Be cumulus
        [xml]$nuspec = Get-Content -Raw (Join-Path $tool Cumulus.Console.nuspec)
        $nuspec.package.metadata.packageTypes.packageType.name | Should -Be DotnetTool
        & dotnet (Join-Path $tool tools net8.0 any $command.EntryPoint) --version | Should -Be "cumulus $version"
    }
}
