# A local AWS for this session, with a bucket
Start-LocalCloud -Path cloud -Bucket webshop-bundles -AllowUnisolated

# What cumulus.yml says
Get-Environment

# Version 1.0.0: bundle, publish, deploy two hosts
New-Bundle -Environment stage -DestinationPath bundles | Publish-Bundle | Deploy-Environment -Verbose
Get-EnvironmentStack stage
Get-StackOutput stage

# Both hosts came up and installed the bundle; what they serve is compared with the file, byte for byte
Get-LocalCloudHost -WaitForBoot
python3 check-hosts.py cloud 2 pages/index-1.html

# Version 2.0.0: one file changes, and the hosts follow
cp pages/index-2.html site/index.html
New-Bundle -Environment stage -Version 2.0.0 -DestinationPath bundles | Publish-Bundle | Deploy-Environment -Verbose
python3 check-hosts.py cloud 2 pages/index-2.html

# Back to version 1.0.0: its bundle lies in the bucket as it was published
Deploy-Environment stage -Version 1.0.0 -Verbose
python3 check-hosts.py cloud 2 pages/index-1.html

# Remove the environment and stop
Remove-Environment stage -Force
Stop-LocalCloud
