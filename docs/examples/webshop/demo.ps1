# A local AWS, for this session only
Start-LocalCloud -Path out/demo/cloud -Bucket webshop-bundles -AllowUnisolated

# A copy of the example to work on: static files, a configuration for each environment, init scripts
cp -R docs/examples/webshop out/demo/webshop
Get-Environment -ConfigurationPath out/demo/webshop/cumulus.yml

# Version 1.0.0: bundle, publish, deploy
New-Bundle -Environment stage -ConfigurationPath out/demo/webshop/cumulus.yml -DestinationPath out/demo/bundles | Publish-Bundle | Deploy-Environment -ConfigurationPath out/demo/webshop/cumulus.yml

# The stack, its events and its outputs
Get-EnvironmentStack stage -ConfigurationPath out/demo/webshop/cumulus.yml
Get-StackOutput stage -ConfigurationPath out/demo/webshop/cumulus.yml

# Two hosts came up and installed the bundle; what they serve is compared byte for byte with the file
Get-LocalCloudHost -WaitForBoot
python3 out/demo/webshop/check-hosts.py out/demo/cloud out/demo/webshop/site/index.html

# Version 2.0.0: one file changes
cp out/demo/webshop/pages/index-2.html out/demo/webshop/site/index.html
New-Bundle -Environment stage -Version 2.0.0 -ConfigurationPath out/demo/webshop/cumulus.yml -DestinationPath out/demo/bundles | Publish-Bundle | Deploy-Environment -ConfigurationPath out/demo/webshop/cumulus.yml
python3 out/demo/webshop/check-hosts.py out/demo/cloud out/demo/webshop/site/index.html

# Back to version 1.0.0: its bundle is still in the bucket as it was
Deploy-Environment stage -Version 1.0.0 -ConfigurationPath out/demo/webshop/cumulus.yml
python3 out/demo/webshop/check-hosts.py out/demo/cloud docs/examples/webshop/site/index.html

# Remove the environment and stop
Remove-Environment stage -Force -ConfigurationPath out/demo/webshop/cumulus.yml
Stop-LocalCloud
