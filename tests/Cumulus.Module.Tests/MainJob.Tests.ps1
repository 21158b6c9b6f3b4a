BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath

    # A copy of the example to work in.
    function New-Webshop {
        $folder = Join-Path $TestDrive "webshop-$(New-Guid)"
        Copy-Item (Join-Path $RepositoryRoot docs examples webshop) $folder -Recurse
        $folder
    }

    # An AWS that accepts a change set, or with -Slow never finishes making it, and never finishes the stack; it counts what it was told to do.
    function Start-EndlessCloudFormation([switch] $Slow) {
        $listener = [System.Net.HttpListener]::new()
        $probe = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $probe.Start()
        $port = $probe.LocalEndpoint.Port
        $probe.Stop()
        $listener.Prefixes.Add("http://127.0.0.1:$port/")
        $listener.Start()
        $state = [hashtable]::Synchronized(@{ ChangeSets = 0; Looks = 0; Executions = 0; Deletions = 0; Slow = [bool]$Slow; Listener = $listener; Url = "http://127.0.0.1:$port" })
        $state.Shell = [powershell]::Create().AddScript({
                param($state)
                $space = "xmlns='http://cloudformation.amazonaws.com/doc/2010-05-15/'"
                $answer = { param($action, $inner) "<${action}Response $space><${action}Result>$inner</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>" }
                $refusal = { param($code, $message) "<ErrorResponse $space><Error><Type>Sender</Type><Code>$code</Code><Message>$message</Message></Error><RequestId>r</RequestId></ErrorResponse>" }
                $arn = 'arn:aws:cloudformation:eu-west-1:123456789012'
                $stack = "<StackName>stage-web</StackName><StackId>${arn}:stack/stage-web/1</StackId>"
                while ($state.Listener.IsListening) {
                    try { $context = $state.Listener.GetContext() } catch { break }
                    $body = [System.IO.StreamReader]::new($context.Request.InputStream).ReadToEnd()
                    $action = [regex]::Match($body, '(?:^|&)Action=(\w+)').Groups[1].Value
                    $name = [uri]::UnescapeDataString([regex]::Match($body, '(?:^|&)ChangeSetName=([^&]+)').Groups[1].Value)
                    $code = 200
                    $text = switch -Regex ($action) {
                        '^CreateChangeSet$' {
                            if ($state.Name -eq $name) { $code = 400; & $refusal AlreadyExistsException "ChangeSet $name already exists" }
                            else { $state.Name = $name; $state.ChangeSets++; & $answer $action "<Id>${arn}:changeSet/$name/1</Id><StackId>${arn}:stack/stage-web/1</StackId>" }
                        }
                        '^DescribeChangeSet$' {
                            $made = if ($state.Slow) { '<Status>CREATE_IN_PROGRESS</Status><ExecutionStatus>UNAVAILABLE</ExecutionStatus>' } else { '<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>' }
                            $change = '<Changes><member><Type>Resource</Type><ResourceChange><Action>Add</Action><LogicalResourceId>Topic</LogicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType></ResourceChange></member></Changes>'
                            $state.Looks++
                            & $answer $action "<ChangeSetName>$($state.Name)</ChangeSetName><ChangeSetId>${arn}:changeSet/$($state.Name)/1</ChangeSetId>$stack$made$(if (-not $state.Slow) { $change })"
                        }
                        '^ExecuteChangeSet$' { $state.Executions++; & $answer $action }
                        '^Delete' { $state.Deletions++; & $answer $action }
                        '^CreateStack$|^UpdateStack$' { $code = 400; & $refusal ValidationError 'Deployments go by change sets' }
                        '^DescribeStackEvents$' { & $answer $action '<StackEvents/>' }
                        '^DescribeStacks$' {
                            $status = if ($state.Executions) { 'CREATE_IN_PROGRESS' } else { 'REVIEW_IN_PROGRESS' }
                            if ($state.ChangeSets) { & $answer $action "<Stacks><member>$stack<StackStatus>$status</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>" }
                            else { $code = 400; & $refusal ValidationError 'Stack with id stage-web does not exist' }
                        }
                        '^GetTemplateSummary$' { & $answer $action '<Parameters/>' }
                        default { & $answer $action }
                    }
                    $bytes = [System.Text.Encoding]::UTF8.GetBytes($text)
                    $context.Response.StatusCode = $code
                    $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
                    $context.Response.Close()
                }
            }).AddArgument($state)
        $state.Running = $state.Shell.BeginInvoke()
        $state
    }

    function Stop-EndlessCloudFormation($State) {
        $State.Listener.Stop()
        $null = $State.Shell.EndInvoke($State.Running)
        $State.Shell.Dispose()
    }

    function Wait-Until([scriptblock] $Condition, [int] $LimitSec = 60) {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($watch.Elapsed.TotalSeconds -gt $LimitSec) { throw "Not within $LimitSec s: $Condition" }
            [System.Threading.Thread]::Yield() | Out-Null
        }
    }
}

Describe 'The main job in PowerShell' {
    It 'runs the demo from its script of commands' {
        $folder = New-Webshop
        $runner = Join-Path $RepositoryRoot docs examples Invoke-CommandFile.ps1
        Push-Location $folder
        try {
            $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $runner demo.ps1 2>&1 | Out-String
            $LASTEXITCODE | Should -Be 0 -Because $output
        }
        finally { Pop-Location }

        ([regex]::Matches($output, 'the same as pages/index-1.html')).Count | Should -Be 4 -Because $output
        ([regex]::Matches($output, 'the same as pages/index-2.html')).Count | Should -Be 2 -Because $output
        $output | Should -Match 'stage-web\s+DELETE_COMPLETE'
        Test-Path (Join-Path $folder cloud) | Should -Be $false -Because 'the cloud leaves nothing behind'
    }

    Context 'on a local cloud' {
        BeforeAll {
            $folder = New-Webshop
            Push-Location $folder
            $cloud = Start-LocalCloud -Path (Join-Path $folder cloud) -Bucket webshop-bundles -AllowUnisolated -WarningAction Ignore
        }

        AfterAll {
            Stop-LocalCloud -Path $cloud.Path
            Pop-Location
        }

        It 'deploys by pipeline, and a foreign client sees stack and bundle' {
            $deployed = New-Bundle -Environment stage -DestinationPath bundles | Publish-Bundle | Deploy-Environment
            $deployed.Status | Should -Be 'CREATE_COMPLETE'
            $deployed.Version | Should -Be '1.0.0'

            $aws = Get-Command aws -CommandType Application -ErrorAction Ignore
            if (-not $aws) { Set-ItResult -Skipped -Because 'the aws client is not installed'; return }
            $env:AWS_ACCESS_KEY_ID, $env:AWS_SECRET_ACCESS_KEY, $env:AWS_DEFAULT_REGION = $cloud.AccessKeyId, $cloud.SecretAccessKey, $cloud.Region
            try {
                aws --endpoint-url $cloud.Endpoint cloudformation describe-stacks --query 'Stacks[].StackName' --output text | Should -Be 'stage-web'
                aws --endpoint-url $cloud.Endpoint s3 cp s3://webshop-bundles/stage/1.0.0/bundle-stage-1.0.0-web.zip fetched.zip --only-show-errors
                (Get-FileHash fetched.zip).Hash | Should -Be (Get-FileHash bundles/bundle-stage-1.0.0-web.zip).Hash
                if (Get-Command unzip -CommandType Application -ErrorAction Ignore) {
                    unzip -tq fetched.zip | Should -Match 'No errors detected'
                }
            }
            finally { Remove-Item env:AWS_ACCESS_KEY_ID, env:AWS_SECRET_ACCESS_KEY, env:AWS_DEFAULT_REGION }
        }

        It 'publishes the same content once and refuses other content under the same version (D-30)' {
            (New-Bundle -Environment stage -DestinationPath bundles | Publish-Bundle).State | Should -Be 'Unchanged'
            Add-Content site/index.html '<!-- changed -->'
            $published = New-Bundle -Environment stage -DestinationPath bundles | Publish-Bundle -ErrorVariable refused -ErrorAction SilentlyContinue
            $published | Should -BeNullOrEmpty
            $refused[0].FullyQualifiedErrorId | Should -BeLike 'BundleAlreadyPublished,*'
        }

        It 'hands no bundle on when one of them is refused, so that no half version is deployed (D-30)' {
            Set-Content pair.yml "environments: { pair: { region: eu-west-1, bucket: webshop-bundles, version: '1', bundles: [a, b] } }`nbundles: { a: { paths: [a.txt] }, b: { paths: [b.txt] } }"
            Set-Content a.txt, b.txt 'first'
            $pair = @{ ConfigurationPath = 'pair.yml' }
            (New-Bundle pair -DestinationPath bundles @pair | Publish-Bundle @pair).Name | Should -Be 'a', 'b'

            Set-Content b.txt 'second'
            $handedOn = New-Bundle pair -DestinationPath bundles @pair | Publish-Bundle @pair -ErrorVariable refused -ErrorAction SilentlyContinue

            $handedOn | Should -BeNullOrEmpty
            $refused.FullyQualifiedErrorId | Should -BeLike 'BundleAlreadyPublished,*'
        }

        It 'deploys no version whose bundles are not published (D-19)' {
            { Deploy-Environment stage -Version 9.9.9 -ErrorAction Stop } | Should -Throw -ErrorId 'BundleNotFound,*'
            (Get-EnvironmentStack stage).Version | Should -Be '1.0.0'
        }

        It 'shows what a deployment would do and does none of it under -WhatIf' {
            $before = (Get-LocalCloudCall | Measure-Object Number -Maximum).Maximum
            $plan = Deploy-Environment stage -Parameter @{ web = @{ Hosts = 1 } } -WhatIf
            foreach ($change in $plan) { $change.GetType().FullName | Should -Be 'Cumulus.Engine.Environments.PlannedChange' }
            $plan.StackAction | Should -Be 'Update', 'Update'
            $plan.Action | Should -Be 'Modify', 'Modify'
            $plan.Kind | Should -Be 'Parameter', 'Resource'
            $plan.Name | Should -Be 'Hosts', 'WebServers'
            $plan[0].Before, $plan[0].After | Should -Be '2', '1'
            $plan[1].Replacement | Should -Be 'no'
            $plan[1].Because | Should -Match 'MaxSize: 2 -> 1 \(by Hosts\)'

            $done = Get-LocalCloudCall | Where-Object Number -GT $before
            $done.Operation | Should -Contain 'DeleteChangeSet' -Because 'the look leaves no change set behind'
            $done.Operation | Should -Not -Contain 'ExecuteChangeSet'
            (Get-EnvironmentStack stage).Status | Should -Be 'CREATE_COMPLETE'
        }

        It 'removes nothing without an answer in a session that cannot ask (D-24)' {
            $run = Invoke-Pwsh {
                param($module, $folder, $endpoint, $key, $secret)
                Import-Module $module
                Set-Location $folder
                $null = Connect-Cumulus -EndpointUrl $endpoint -Region eu-west-1 -AccessKeyId $key -SecretAccessKey $secret
                $ErrorActionPreference = 'Stop'
                Remove-Environment stage
            } -Arguments $ModulePath, $folder, $cloud.Endpoint, $cloud.AccessKeyId, $cloud.SecretAccessKey
            $run.ExitCode | Should -Not -Be 0
            $run.Text | Should -Match 'stage-web'
            (Get-EnvironmentStack stage).Status | Should -Be 'CREATE_COMPLETE'
        }
    }
}

Describe 'Ctrl+C in Deploy-Environment' {
    BeforeAll {
        $folder = New-Webshop
        Set-Content (Join-Path $folder web.template.yml) "AWSTemplateFormatVersion: '2010-09-09'`nResources: { Topic: { Type: 'AWS::SNS::Topic' } }"
        Set-Content (Join-Path $folder cumulus.yml) "environments: { stage: { region: eu-west-1, stacks: [web] } }`nstacks: { web: { template: web.template.yml } }"
        $env:AWS_ACCESS_KEY_ID, $env:AWS_SECRET_ACCESS_KEY = 'AKIAEXAMPLE', 'secret'

        # Stops a deployment once the condition holds, and gives the error of the next one.
        function Invoke-StoppedDeployment($Aws, [scriptblock] $Until) {
            $script = "Set-Location '$folder'; Deploy-Environment stage -EndpointUrl $($Aws.Url)"
            $shell = New-Shell $script
            $running = $shell.BeginInvoke()
            Wait-Until $Until
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 2
            { $shell.EndInvoke($running) } | Should -Throw
            $shell.Streams.Error | Should -BeNullOrEmpty

            $next = New-Shell "$script -TimeoutSec 1"
            $null = $next.Invoke()
            $next.Streams.Error[0]
        }
    }

    AfterAll {
        Remove-Item env:AWS_ACCESS_KEY_ID, env:AWS_SECRET_ACCESS_KEY
    }

    It 'returns within 2 s and leaves one stack that the next deployment waits for' {
        $aws = Start-EndlessCloudFormation
        try {
            $failure = Invoke-StoppedDeployment $aws { $aws.Executions -eq 1 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'StackBusy,*' -Because $failure.Exception
            $aws.ChangeSets, $aws.Executions, $aws.Deletions | Should -Be 1, 1, 0 -Because 'a stack that is being created is not created again'
        }
        finally { Stop-EndlessCloudFormation $aws }
    }

    It 'returns within 2 s while the change set is made, and the next deployment takes that one' {
        $aws = Start-EndlessCloudFormation -Slow
        try {
            $failure = Invoke-StoppedDeployment $aws { $aws.Looks -ge 1 }
            $failure.FullyQualifiedErrorId | Should -BeLike 'StackWaitTimedOut,*' -Because $failure.Exception
            $aws.ChangeSets, $aws.Executions, $aws.Deletions | Should -Be 1, 0, 0 -Because 'the stack has its change set'
        }
        finally { Stop-EndlessCloudFormation $aws }
    }
}
