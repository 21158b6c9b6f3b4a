BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
    $commands = (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport | ForEach-Object { Get-Command $_ -Module Cumulus }

    # Verbs of commands that change nothing; all others write and ask ShouldProcess.
    $reading = 'Get', 'Test', 'Compare', 'Find', 'Measure', 'Show', 'Resolve', 'Wait', 'Watch', 'Receive', 'ConvertTo', 'ConvertFrom'
    $noWriters = @{ 'Connect-Cumulus' = 'changes the session only' }
    $writing = $commands | Where-Object { $_.Verb -notin $reading -and -not $noWriters.ContainsKey($_.Name) }
    # What these take away is of no value to anybody: reason.
    $worthless = @{ 'Remove-LocalCloudFault' = 'ends a fault of a test bench; Set-LocalCloudFault sets it again' }
    $removing = $commands | Where-Object { $_.Verb -in 'Remove', 'Uninstall' -and -not $worthless.ContainsKey($_.Name) }

    . $PSScriptRoot/SafetyCalls.ps1
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/SafetyCalls.ps1
    Import-Module $ModulePath, $FixturePath

    # The true plan of a stack is a change set, which is made and deleted: of a new stack with the empty stack (REVIEW_IN_PROGRESS) that holds it.
    # These calls are all that a command marked Previews makes, and nothing of them is left.
    $ofPreview = 'CreateChangeSet', 'DeleteChangeSet', 'DeleteStack'

    function Assert-NoWrite([hashtable] $Of, [object[]] $Writes) {
        $Writes | Where-Object { -not $Of.Previews -or $_ -notin $ofPreview } | Should -BeNullOrEmpty
        $made = @($Writes -eq 'CreateChangeSet').Count
        @($Writes -in 'DeleteChangeSet', 'DeleteStack').Count | Should -BeGreaterOrEqual $made -Because 'each change set is taken away again'
        Get-DiskState $sandbox | Should -Be $disk
        Get-CloudState | Should -Be $before
    }

    # The stacks (one in review counts), the faults and the clock of the running cloud.
    function Get-CloudState {
        $status = Get-LocalCloud -Path ./cloud
        "stacks $($status.Stacks), clock +$([int] $status.ClockAhead.TotalMinutes) min"
        Get-LocalCloudFault -Path ./cloud | ForEach-Object { "fault $($_.Id)" }
        foreach ($environment in Get-Environment) { Get-EnvironmentStack $environment.Name -EndpointUrl $cloud.Endpoint | ForEach-Object { "$($_.StackName) $($_.Status)" } }
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
  hung: { region: eu-west-1, bucket: safety-bundles, stacks: [topic] }
  broken: { region: eu-west-1, bucket: safety-bundles, stacks: [topic] }
  held: { region: eu-west-1, bucket: safety-bundles, stacks: [topic], pre-deploy-hook: 'touch hook-runs; exec sleep 120' }
stacks:
  topic: { template: topic.yml }
bundles:
  web: { paths: [site] }
'@
    Set-Content topic.yml @'
Parameters:
  Title: { Type: String, Default: one }
Resources:
  Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref Title } }
'@
    $null = New-Item -ItemType Directory old
    Set-Content old/cumulus.conf "[environment: stage]`nregion = eu-west-1`nbucket = b`nstacks ="
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
    $null = New-Bundle stage -Version 8 -DestinationPath bundles | Publish-Bundle
    $null = New-Bundle new -Version 1 -DestinationPath bundles | Publish-Bundle
    $null = New-Bundle stage -Version 9 -DestinationPath other
    # A host that has what runs the handler.
    foreach ($root in 'image', 'registered') { $null = New-Item -ItemType File -Force "$root/opt/cumulus/console/Cumulus.Console.dll", "$root/usr/bin/dotnet" }
    $null = Register-BundleHandler -RootPath ./registered -ModulePath /opt/cumulus
    $null = Deploy-Environment stage -Version 1
    $null = Deploy-Environment stage -Version 2 -Parameter @{ topic = @{ Title = 'two' } }

    # A stack whose update goes on, one whose update failed, and an environment whose deployment died.
    $null = Deploy-Environment hung
    $null = Deploy-Environment broken
    $null = Set-LocalCloudFault ResourceHangs -Id hung -StackName *hung* -Operation Update -Path ./cloud
    $null = Set-LocalCloudFault ResourceFails -Id broken -StackName *broken* -Operation Update -Path ./cloud
    $null = Deploy-Environment hung -Parameter @{ topic = @{ Title = 'two' } } -NoWait
    $null = Deploy-Environment broken -Parameter @{ topic = @{ Title = 'two' } } -DisableRollback -ErrorAction SilentlyContinue
    $script = "Import-Module '$ModulePath'; `$null = Connect-Cumulus -EndpointUrl $($cloud.Endpoint) -Region eu-west-1 -AccessKeyId $($cloud.AccessKeyId) -SecretAccessKey $($cloud.SecretAccessKey); Deploy-Environment held"
    $holder = Start-Process ([Environment]::ProcessPath) -ArgumentList '-NoProfile', '-NonInteractive', '-Command', "`"$script`"" -PassThru -RedirectStandardOutput (Join-Path $TestDrive holder.txt)
    for ($i = 0; $i -lt 300 -and -not (Test-Path hook-runs); $i++) { Start-Sleep -Milliseconds 100 }
    $holder.Kill($true)
    $holder.WaitForExit()

    # An application with two deployments, on a host of its own; in a second state, a folder, with an image and with a job that another machine works on.
    $null = New-Item -ItemType Directory code
    git init -q -b main code
    $module = @{ name = 'site'; path = '/srv/site'; scope = 'code'; source = @{ url = "file://$sandbox/code" } }
    $define = @{ VpcId = 'vpc-0a1b2c3d'; InstanceType = 't3.small'; Region = 'eu-west-1'; SourceImage = 'ami-0a1b2c3d'; BuildSubnetId = 'subnet-0a1b2c3d'; Value = @{ modules = @($module) } }
    foreach ($place in @{}, @{ StatePath = './team' }) { $null = New-GhostApplication shop prod front @define @place }
    foreach ($text in 'one', 'two') {
        Set-Content code/index.html $text
        git -C code add .
        git -C code -c user.name=anna -c user.email=anna@example.org commit -qm $text
        $null = Deploy-GhostApplication shop/prod/front -WarningAction SilentlyContinue
        $null = Install-GhostModule -Application shop/prod/front -Bucket safety-bundles -RootPath ./instance
    }
    $null = Deploy-GhostApplication shop/prod/front -StatePath ./team -PackageBucket safety-bundles -WarningAction SilentlyContinue
    $job = Get-ChildItem team -Recurse -File -Filter record*
    $record = Get-Content -Raw $job | ConvertFrom-Json -AsHashtable
    foreach ($ended in 'endedAt', 'message', 'logLines') { $record.Remove($ended) }
    $record.status = 'started'
    $record.host = $record.process.space = 'build-2'
    $record.lastSign = [DateTimeOffset]::UtcNow.AddHours(1)
    $record | ConvertTo-Json | Set-Content $job
    $image = [ordered]@{
        schema = 1; application = 'shop/prod/front'; imageId = 'ami-0123456789abcdef0'; imageName = 'shop'; awsRegion = 'eu-west-1'; recipe = 'r'; sourceAmi = 'ami-0a1b2c3d'
        revision = 1; job = $record.id; by = 'anna'; bakedAt = '2026-01-02T03:04:05+00:00'
    }
    $images = Join-Path (Get-ChildItem team -Recurse -File -Filter definition*).DirectoryName images
    $null = New-Item -ItemType Directory $images
    $image | ConvertTo-Json | Set-Content (Join-Path $images ami-0123456789abcdef0)
    $null = Export-GhostApplication shop/prod/front -Path ./exported
    $null = Copy-GhostApplication shop prod front -ToEnv spare -WarningAction SilentlyContinue
    (Get-Content -Raw ./exported/shop-prod-front.yml).Replace('prod', 'dev') | Set-Content ./exported/shop-dev-front.yml

    $built = $proxy.Writes
    $before = Get-CloudState
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
        $built | Should -Contain ExecuteChangeSet
        @($disk -match 'index.html').Count | Should -BeGreaterThan 2
        $before -match '-topic' -notmatch 'NOT_DEPLOYED' | Sort-Object | Should -Be 'broken-topic UPDATE_FAILED', 'hung-topic UPDATE_IN_PROGRESS', 'stage-topic UPDATE_COMPLETE'
    }
}

Describe '<Call>' -ForEach $calls {
    It 'writes nothing to AWS or disk with -WhatIf <Way>' -ForEach @(@{ Way = 'given' }, @{ Way = 'inherited' }) {
        $proxy.Calls.Clear()
        $Error.Clear()
        if ($Way -eq 'given') { $null = Invoke-Expression "$Call -WhatIf -ErrorAction SilentlyContinue" }
        else { & { $WhatIfPreference = $true; $null = Invoke-Expression "$Call -ErrorAction SilentlyContinue" } }
        "$Error" | Should -BeNullOrEmpty
        Assert-NoWrite @{ Previews = $Previews } $proxy.Writes
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
        Assert-NoWrite @{} $proxy.Writes
    }
}
