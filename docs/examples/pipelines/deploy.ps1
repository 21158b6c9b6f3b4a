<#
.SYNOPSIS
    Builds, publishes and deploys one version of an environment: the step of a pipeline that does the work.
.EXAMPLE
    ./deploy.ps1 stage 1.4.0
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Environment,

    [Parameter(Mandatory)]
    [string] $Version
)

# The first error ends the step, and the exit code says so.
$ErrorActionPreference = 'Stop'
New-Bundle $Environment -Version $Version -DestinationPath bundles | Publish-Bundle | Deploy-Environment -TimeoutSec 7200
