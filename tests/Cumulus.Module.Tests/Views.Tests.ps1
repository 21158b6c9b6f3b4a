BeforeDiscovery {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath
    # What PowerShell knows by itself is no record.
    $seen = @{ 'System.String' = $true; 'System.Collections.Hashtable' = $true }
    $types = foreach ($command in (Import-PowerShellDataFile -LiteralPath $ModulePath).CmdletsToExport | ForEach-Object { Get-Command $_ -Module Cumulus }) {
        foreach ($output in $command.OutputType | Where-Object { -not $seen.ContainsKey($_.Name) }) {
            $seen[$output.Name] = $true
            @{ Type = $output.Type; TypeName = $output.Name; Command = $command.Name }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $ModulePath, $FixturePath

    # Records whose JSON needs -Depth: reason.
    $deep = @{
        'Cumulus.Engine.Configuration.CumulusConfiguration'  = 'a whole configuration: environments, their stacks, those stacks'' options'
        'Cumulus.Engine.Configuration.EnvironmentDefinition' = 'a whole environment: its stacks and bundles as it changes them, and their options'
        'Cumulus.Engine.Environments.StackPlan'              = 'a plan of one stack, with the template and the stack that it is compared with'
        'Cumulus.Engine.Environments.DeploymentRecord'       = 'what Invoke-Rollback goes by: stacks, with the parameters and tags of each'
        'Cumulus.Engine.Ghost.Deployments.GhostDeployment'   = 'what Invoke-GhostRollback goes by: modules, the package of each and the one before, with its scripts'
        'Cumulus.Engine.Ghost.StoredApplication'             = 'a whole definition: features with parameters, modules with scripts'
    }
}

Describe 'the record <TypeName> of <Command>' -ForEach $types {
    BeforeAll {
        $sample = [Cumulus.Fixture.SampleRecord]::Make($Type)
        $view = Get-FormatData -TypeName $TypeName
    }

    It 'has a view in Cumulus.format.ps1xml' {
        $view | Should -Not -BeNullOrEmpty -Because 'each record that a command writes has one: a table that fits 120 columns, or a list'
    }

    It 'fits 120 columns with all of its columns' {
        $text = ($sample | Out-String -Width 120).TrimEnd() -split '\r?\n'
        ($text | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 120
        $table = $view.FormatViewDefinition.Control | Where-Object { $_ -is [Management.Automation.TableControl] } | Select-Object -First 1
        if (-not $table) { return }
        $labels = for ($i = 0; $i -lt $table.Headers.Count; $i++) {
            $table.Headers[$i].Label ? $table.Headers[$i].Label : $table.Rows[0].Columns[$i].DisplayEntry.Value
        }
        $header = $text | Where-Object { $_ -match [regex]::Escape($labels[0]) } | Select-Object -First 1
        foreach ($label in $labels) { $header | Should -Match ([regex]::Escape($label)) -Because "all columns ($labels) are shown in 120 columns" }
    }

    It 'is sensible as JSON: whole, with names of enumerations' {
        $depth = $deep.ContainsKey($TypeName) ? @{ Depth = 10 } : @{}
        $json = ConvertTo-Json $sample -EnumsAsStrings @depth -WarningVariable cut -WarningAction SilentlyContinue
        "$cut" | Should -BeNullOrEmpty -Because 'ConvertTo-Json goes two levels deep unless it is told to go deeper'
        foreach ($property in $Type.GetProperties() | Where-Object { $_.PropertyType.IsEnum }) {
            $json | Should -Match ('"' + $property.Name + '": "[A-Za-z]\w*(, \w+)*"')
        }
        ($json | ConvertFrom-Json).PSObject.Properties.Name | Should -Be $sample.PSObject.Properties.Name
    }

    It 'is shown whole by Format-List *' {
        $list = $sample | Format-List * | Out-String -Width 200
        foreach ($property in $sample.PSObject.Properties.Name) { $list | Should -Match "(?m)^$property\s*:" }
    }
}
