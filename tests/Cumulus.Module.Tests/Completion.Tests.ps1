BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
    # Parameters of these names complete from live data. A newcomer puts [ArgumentCompleter(typeof(XCompleter))] on them, or a reason here.
    $completed = 'Environment', 'Stack', 'Version', 'Region', 'ProfileName'
    $notCompleted = @{
        'New-Bundle.Version'                   = 'a new version is one that nobody knows'
        'Publish-Bundle.Version'               = 'a new version is one that nobody knows'
        'New-CumulusConfiguration.Environment' = 'there is no configuration yet'
    }
    $parameters = foreach ($command in (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport | ForEach-Object { Get-Command $_ -Module Cumulus }) {
        foreach ($parameter in $command.Parameters.Values | Where-Object Name -In $completed) {
            $name = "$($command.Name).$($parameter.Name)"
            if (-not $notCompleted.ContainsKey($name)) { @{ Name = $name; Attributes = $parameter.Attributes } }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath

    function Complete([string] $Line) {
        @((TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText)
    }

    $folder = Join-Path $TestDrive completion
    $null = New-Item -ItemType Directory $folder
    Set-Content -LiteralPath (Join-Path $folder cumulus.yml) -Value @'
environments:
  stage: { region: eu-west-1, bucket: completion-bundles, version: 1.4.0, stacks: [network, web], bundles: [web, app] }
  stage2: { region: eu-north-1, stacks: [web], bundles: [web] }
  prod: { region: us-east-2, version: 1.3.2, stacks: [network], bundles: [app] }
stacks:
  network: { template: t.yml }
  web: { template: t.yml }
bundles:
  web: { paths: [.] }
  app: { paths: [.] }
'@
    Set-Content -LiteralPath (Join-Path $folder t.yml) -Value '{}'
    Push-Location -LiteralPath $folder
    # The first answer of a cold session may come too late.
    foreach ($attempt in 1..10) { if (Complete 'Get-Environment s' | Where-Object { $_ }) { break } }
}

AfterAll {
    Pop-Location
}

Describe 'the parameter <_.Name>' -ForEach $parameters {
    It 'completes' {
        $_.Attributes | Where-Object { $_ -is [ArgumentCompleter] } | Should -HaveCount 1 -Because '[ArgumentCompleter(typeof(...))] names a completer of src/Cumulus.PowerShell/Completion'
    }
}

Describe 'the Tab key' {
    It 'completes <Line>' -ForEach @(
        @{ Line = 'Deploy-Environment '; Words = 'stage', 'stage2', 'prod' }
        @{ Line = 'Deploy-Environment st'; Words = 'stage', 'stage2' }
        @{ Line = 'Get-EnvironmentStack -Environment *2'; Words = 'stage2' }
        @{ Line = 'Get-Environment p'; Words = 'prod' }
        @{ Line = 'Deploy-Environment stage -Stack '; Words = 'network', 'web' }
        @{ Line = 'Deploy-Environment prod -Stack '; Words = 'network' }
        @{ Line = 'New-Bundle stage -Name w'; Words = 'web' }
        @{ Line = 'Deploy-Environment prod -Version '; Words = '1.3.2' }
        @{ Line = 'Deploy-Environment stage -Region eu-n'; Words = 'eu-north-1' }
        @{ Line = 'Connect-Cumulus -Region ap-southeast-'; Words = 'ap-southeast-1', 'ap-southeast-2' }
    ) {
        $found = Complete $Line
        foreach ($word in $Words) { $found | Should -Contain $word }
        if ($Line -notlike '*-Region*') { $found | Should -Be $Words }
    }

    It 'completes profiles from the files of AWS' {
        $file = Join-Path $TestDrive config
        Set-Content -LiteralPath $file -Value "[profile team-a]`ncredential_process = /bin/false`nregion = eu-west-1"
        $run = Invoke-Pwsh -Arguments $ModulePath, $file {
            param($module, $file)
            $env:AWS_CONFIG_FILE = $file
            Import-Module $module
            # The first answer of a cold session may come too late.
            foreach ($attempt in 1..10) {
                $found = (TabExpansion2 'Connect-Cumulus t' 17).CompletionMatches.CompletionText
                if ($found) { break }
            }
            $found
        }
        $run.Lines | Should -Contain team-a
    }

    It 'is back within a second and without an error when AWS does not answer' {
        $silent = [Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $silent.Start()
        try {
            $line = "Deploy-Environment stage -EndpointUrl http://127.0.0.1:$($silent.LocalEndpoint.Port) -Version "
            $null = Complete 'Deploy-Environment '
            $Error.Clear()
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $found = Complete $line
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 1
            $found | Should -Be '1.4.0'
            $Error.Count | Should -Be 0
        }
        finally { $silent.Stop() }
    }

    It 'offers the versions of the bucket, from LocalCloud' {
        $cloud = Start-LocalCloud -Path (Join-Path $TestDrive cloud) -Bucket completion-bundles
        try {
            foreach ($version in '1.0', '1.1') { $null = New-Bundle stage -Name web -Version $version -DestinationPath out | Publish-Bundle }
            $words = @()
            foreach ($attempt in 1..20) {
                $words = Complete 'Deploy-Environment stage -Version '
                if ($words -contains '1.1') { break }
                $null = [Threading.Thread]::Yield()
            }
            $words | Should -Be '1.4.0', '1.1', '1.0'
            Complete 'Deploy-Environment stage -Version 1.1' | Should -Be '1.1'
        }
        finally { Stop-LocalCloud -Path $cloud.Path }
    }

    It 'is silent where there is no configuration, or a broken one' {
        $none = New-Item -ItemType Directory (Join-Path $TestDrive "none-$(New-Guid)")
        Push-Location -LiteralPath $none
        try {
            $Error.Clear()
            Complete 'Get-StackOutput nothing-like-this' | Where-Object { $_ } | Should -BeNullOrEmpty
            Set-Content cumulus.yml 'environments: ['
            Complete 'Remove-Environment nothing-like-this' | Where-Object { $_ } | Should -BeNullOrEmpty
            $Error.Count | Should -Be 0
        }
        finally { Pop-Location }
    }
}
