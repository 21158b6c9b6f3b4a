BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
    $commands = (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport | ForEach-Object { Get-Command $_ -Module Cumulus }

    # Verbs of commands that change nothing; all others write and ask ShouldProcess.
    $reading = 'Get', 'Test', 'Compare', 'Find', 'Measure', 'Show', 'Resolve', 'Wait', 'Watch', 'Receive', 'ConvertTo', 'ConvertFrom'
    $noWriters = @{ 'Connect-Cumulus' = 'changes the session only' }
    $writing = $commands | Where-Object { $_.Verb -notin $reading -and -not $noWriters.ContainsKey($_.Name) }
    $removing = $commands | Where-Object Verb -In Remove, Uninstall

    . $PSScriptRoot/SafetyCalls.ps1
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/SafetyCalls.ps1
    Import-Module $ModulePath, $FixturePath

    # Calls under -WhatIf that are writes by name and change nothing that anybody has: reason.
    $harmless = @{
        CreateChangeSet = 'the preview of a stack is a change set, which is deleted at once'
        DeleteChangeSet = 'see CreateChangeSet'
    }

    # Everything below a folder: names, digests, targets of links. What the running cloud writes is its own affair.
    function Get-DiskState([string] $Folder) {
        Get-ChildItem -LiteralPath $Folder -Recurse -Force | Where-Object FullName -NotLike "$Folder/cloud*" | ForEach-Object {
            "$($_.FullName) $($_.LinkTarget) $(if ($_ -is [IO.FileInfo] -and -not $_.LinkTarget) { (Get-FileHash -LiteralPath $_.FullName).Hash })"
        } | Sort-Object
    }

    $sandbox = (New-Item -ItemType Directory (Join-Path $TestDrive safety)).FullName
    Push-Location -LiteralPath $sandbox
    Set-Content cumulus.yml @'
environments:
  stage: { region: eu-west-1, bucket: safety-bundles, version: 2, stacks: [topic], bundles: [web] }
  new: { region: eu-west-1, bucket: safety-bundles, version: 1, stacks: [topic], bundles: [web] }
stacks:
  topic: { template: topic.yml }
bundles:
  web: { paths: [site] }
'@
    Set-Content topic.yml "Resources:`n  Topic:`n    Type: AWS::SNS::Topic"
    $cacheBefore = $env:CUMULUS_CACHE
    $env:CUMULUS_CACHE = Join-Path $sandbox cache
    $cloud = Start-LocalCloud -Path ./cloud -Bucket safety-bundles
    $proxy = [Cumulus.Fixture.RecordingProxy]::new($cloud.Endpoint)
    $null = Connect-Cumulus -EndpointUrl $proxy.Url -Region $cloud.Region -AccessKeyId $cloud.AccessKeyId -SecretAccessKey $cloud.SecretAccessKey
    $null = New-Item -ItemType Directory site, image
    foreach ($version in '1', '2') {
        Set-Content site/index.html "version $version"
        $null = New-Bundle stage -Version $version -DestinationPath bundles | Publish-Bundle
        $null = Install-Bundle -Environment stage -Version $version -Name web -Bucket safety-bundles -RootPath ./host
    }
    $null = Install-Bundle -Environment stage -Version 1 -Name web -Bucket safety-bundles -RootPath ./host
    $null = Install-Bundle -Environment stage -Version 1 -Name web -Bucket safety-bundles -RootPath ./unconfirmed -ConfirmTimeoutSec 3600
    $null = New-Bundle new -Version 1 -DestinationPath bundles | Publish-Bundle
    $null = New-Bundle stage -Version 9 -DestinationPath other
    # A host that has what runs the handler.
    foreach ($root in 'image', 'registered') { $null = New-Item -ItemType File -Force "$root/opt/cumulus/console/Cumulus.Console.dll", "$root/usr/bin/dotnet" }
    $null = Register-BundleHandler -RootPath ./registered -ModulePath /opt/cumulus
    $null = Deploy-Environment stage -Version 2
    $built = $proxy.Writes
    $disk = Get-DiskState $sandbox
}

AfterAll {
    $proxy.Dispose()
    Stop-LocalCloud -Path (Join-Path $sandbox cloud)
    $env:CUMULUS_CACHE = $cacheBefore
    Pop-Location
}

Describe 'the command <_.Name>, which writes,' -ForEach $writing {
    It 'asks ShouldProcess' {
        $_.Parameters.Keys | Should -Contain WhatIf -Because "a command that writes has SupportsShouldProcess = true; $($_.Verb) is no verb of a command that only reads"
        $_.Parameters.Keys | Should -Contain Confirm
    }

    It 'has a call in SafetyCalls.ps1' {
        $calls.Name | Should -Contain $_.Name -Because 'each command that writes proves here that it does not under -WhatIf: add its line'
    }
}

Describe 'the command <_.Name>, which takes away,' -ForEach $removing {
    It 'asks by itself' {
        $attribute = $_.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $true)[0]
        $attribute.ConfirmImpact -eq 'High' -or $_.Parameters.ContainsKey('Force') | Should -BeTrue -Because 'what it removes does not come back: ConfirmImpact = High, or ShouldContinue that -Force answers'
    }
}

Describe 'the sandbox' {
    It 'was made by writes that were seen' {
        @($built -match '^PUT /safety-bundles/stage/1/').Count | Should -BeGreaterThan 0
        $built | Should -Contain CreateStack
        @($disk -match 'index.html').Count | Should -BeGreaterThan 2
    }
}

Describe '<Call>' -ForEach $calls {
    It 'writes nothing to AWS or disk with -WhatIf <Way>' -ForEach @(@{ Way = 'given' }, @{ Way = 'inherited' }) {
        $proxy.Calls.Clear()
        $Error.Clear()
        if ($Way -eq 'given') { $null = Invoke-Expression "$Call -WhatIf -ErrorAction SilentlyContinue" }
        else { & { $WhatIfPreference = $true; $null = Invoke-Expression "$Call -ErrorAction SilentlyContinue" } }
        "$Error" | Should -BeNullOrEmpty
        $proxy.Writes | Where-Object { -not $harmless.ContainsKey($_) } | Should -BeNullOrEmpty
        Get-DiskState $sandbox | Should -Be $disk
    }
}

Describe 'a session that cannot ask' {
    It 'gets an error of each command with -Confirm, at once, and nothing is done' {
        $proxy.Calls.Clear()
        $lines = foreach ($call in $calls) { "$($call.Name)|$($call.Call)" }
        $run = Invoke-Pwsh -Arguments (@($ModulePath, $proxy.Url, $cloud.AccessKeyId, $cloud.SecretAccessKey) + $lines) {
            param($module, $url, $id, $secret)
            Import-Module $module
            $null = Connect-Cumulus -EndpointUrl $url -Region eu-west-1 -AccessKeyId $id -SecretAccessKey $secret
            foreach ($line in $args) {
                $name, $call = $line -split '\|', 2
                $failures = @()
                $null = Invoke-Expression "$call -Confirm -ErrorVariable failures -ErrorAction SilentlyContinue -WarningAction SilentlyContinue"
                "$name $(($failures.FullyQualifiedErrorId | Select-Object -First 1) -replace ',.*')"
            }
        }
        $run.Lines | Should -Be ($calls.Name | ForEach-Object { "$_ ConfirmationUnavailable" })
        $proxy.Writes | Where-Object { -not $harmless.ContainsKey($_) } | Should -BeNullOrEmpty
        Get-DiskState $sandbox | Should -Be $disk
    }
}
