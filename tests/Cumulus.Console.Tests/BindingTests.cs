namespace Cumulus.Console.Tests;

public sealed class BindingTests
{
    [Theory]
    [InlineData("Show-Value hello", "Text=<hello>")]
    [InlineData("show-value hello", "Text=<hello>")]
    [InlineData("Show-Value -Text hello", "Text=<hello>")]
    [InlineData("Show-Value -te hello", "Text=<hello>")]
    [InlineData("Show-Value -Text:hello", "Text=<hello>")]
    [InlineData("Show-Value -Text -5", "Text=<-5>")]
    [InlineData("Show-Value -Text -odd", "Text=<-odd>")]
    [InlineData("Show-Value -Text:-Flag", "Text=<-Flag>")]
    [InlineData("Show-Value -- -Flag", "Text=<-Flag>")]
    [InlineData("Show-Value a b c", "Text=<a>|Rest=[<b> <c>]")]
    [InlineData("Show-Value '' -Verbose:$false", "Text=<>")]
    [InlineData("Show-Value -Text $null", "Text=null")]
    [InlineData("Show-Value -List a,b", "List=[<a> <b>]")]
    [InlineData("Show-Value -List a", "List=[<a>]")]
    [InlineData("Show-Value -Numbers 1,0x10,2kb", "Numbers=[Int32 1 Int32 16 Int32 2048]")]
    [InlineData("Show-Value -Big 3gb", "Big=Int64 3221225472")]
    [InlineData("Show-Value -Truth $true", "Truth=Boolean True")]
    [InlineData("Show-Value -Truth:0", "Truth=Boolean False")]
    [InlineData("Show-Value -Flag", "Flag=True")]
    [InlineData("Show-Value -Flag:$true", "Flag=True")]
    [InlineData("Show-Value -Flag:$false", "Flag=False")]
    [InlineData("Show-Value -Span 00:01:30", "Span=TimeSpan 00:01:30")]
    [InlineData("Show-Value -Moment 2026-01-31T14:00:00+01:00", "Moment=2026-01-31T13:00:00.0000000+00:00")]
    [InlineData("Show-Value -Address http://127.0.0.1:5000/x", "Address=Uri http://127.0.0.1:5000/x")]
    [InlineData("Show-Value -Version 1.4.0", "Version=Version 1.4.0")]
    [InlineData("Show-Value -Identity 0f8fad5b-d9cb-469f-a165-70867728950e", "Identity=Guid 0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("Show-Value -Stages green,Ripe", "Stages=[Ripeness Green Ripeness Ripe]")]
    [InlineData("Show-Value -Table @{ stack = @{ Key = 'a,b:c' }; n = 5 }", "Table={n:Int32 5; stack:{Key:<a,b:c>}}")]
    public void Values_arrive_in_the_type_of_their_parameter(string line, string expected)
    {
        var run = ConsoleRun.Of(line);

        Assert.Equal("", run.Error);
        Assert.Equal(expected.Split('|'), run.OutLines);
    }

    [Theory]
    [InlineData("Text=<a,b>", "-Text", "a,b")]
    [InlineData("Text=<$true>", "-Text", "$true")]
    [InlineData("Text=<@{ x>", "-Text", "@{ x")]
    [InlineData("Text=<it's>", "-Text", "it's")]
    [InlineData("Text=<two words>", "two words")]
    [InlineData("Text=<two words>", "-Text:two words")]
    [InlineData("List=[<a> <b>]", "-List", "a,b")]
    [InlineData("List=[<a,b> <c>]", "-List", "'a,b',c")]
    [InlineData("List=[<it's> <b>]", "-List", "it's,b")]
    [InlineData("List=[<>]", "-List", "")]
    [InlineData("Flag=False", "-Flag:$false")]
    [InlineData("Table={a:<b>; c:Int32 1}", "-Table", "@{ a = 'b'; c = 1 }")]
    public void An_argument_of_the_process_means_what_the_type_of_its_parameter_says(string expected, params string[] arguments)
    {
        var run = ConsoleRun.Of(["Show-Value", .. arguments]);

        Assert.Equal("", run.Error);
        Assert.Equal([expected], run.OutLines);
    }

    [Theory]
    [InlineData("Nwe-Fruit apple", "cumulus: there is no command 'Nwe-Fruit'; did you mean 'New-Fruit'?")]
    [InlineData("Select-Object x", "cumulus: there is no command 'Select-Object'; 'cumulus help' lists them")]
    [InlineData("New-Fruit", "New-Fruit: -Name is missing: what grows")]
    [InlineData("New-Fruit apple -Wieght 5", "New-Fruit: there is no parameter -Wieght; did you mean -Weight?")]
    [InlineData("New-Fruit apple --weight 5", "New-Fruit: there is no parameter --weight; did you mean -Weight?")]
    [InlineData("New-Fruit apple -Weight=5", "New-Fruit: there is no parameter -Weight=5; did you mean -Weight?")]
    [InlineData("New-Fruit apple -Zzz 5", "New-Fruit: there is no parameter -Zzz; 'cumulus help New-Fruit' lists them")]
    [InlineData("New-Fruit apple -E 5", "New-Fruit: -E is ambiguous: -ErrorAction, -ErrorVariable")]
    [InlineData("Show-Value -L a -T b", "Show-Value: -T is ambiguous: -Text, -Truth, -Table")]
    [InlineData("New-Fruit apple -W 5 -Weight 6", "New-Fruit: -Weight is given twice")]
    [InlineData("New-Fruit apple -Weight 5 -Grams 6", "New-Fruit: -Weight is given twice")]
    [InlineData("New-Fruit apple -Weight", "New-Fruit: a value is missing after -Weight")]
    [InlineData("New-Fruit apple -Weight -Colour red", "New-Fruit: a value is missing after -Weight, before -Colour; a value that looks like a parameter is given as -Weight:VALUE")]
    [InlineData("New-Fruit apple -Weight heavy", "New-Fruit: -Weight: 'heavy' is not a whole number")]
    [InlineData("New-Fruit apple -Weight 1.5", "New-Fruit: -Weight: '1.5' is not a whole number")]
    [InlineData("New-Fruit apple -Weight 5000000000", "New-Fruit: -Weight: '5000000000' is too large or too small for int")]
    [InlineData("New-Fruit apple -Weight 1e99999999999", "New-Fruit: -Weight: '1e99999999999' is not a whole number")]
    [InlineData("New-Fruit apple -Weight 5001", "New-Fruit: -Weight: 5001 is not 1 to 5000")]
    [InlineData("New-Fruit apple -Weight 1,2", "New-Fruit: -Weight: a list of 2 values was given, and one value is wanted")]
    [InlineData("New-Fruit apple -Ripeness rype", "New-Fruit: -Ripeness: 'rype' is not one of Green, Ripe, Rotten; did you mean 'Ripe'?")]
    [InlineData("New-Fruit apple -Colour blue", "New-Fruit: -Colour: 'blue' is not one of red, green, yellow")]
    [InlineData("New-Fruit apple -Colour gren", "New-Fruit: -Colour: 'gren' is not one of red, green, yellow; did you mean 'green'?")]
    [InlineData("New-Fruit ''", "New-Fruit: -Name: a value of the list is empty")]
    [InlineData("New-Fruit a,''", "New-Fruit: -Name: a value of the list is empty")]
    [InlineData("New-Fruit $null", "New-Fruit: -Name: the value must not be null")]
    [InlineData("New-Fruit apple 5 pear", "New-Fruit: 'pear' is one value too many; no parameter takes it by its place")]
    [InlineData("New-Fruit apple -WhatIf", "New-Fruit: -WhatIf has no meaning here: the command changes nothing that it could ask about")]
    [InlineData("New-Fruit apple -OutVariable x", "New-Fruit: -OutVariable: there are no variables here; this works in PowerShell only")]
    [InlineData("New-Fruit apple -ov", "New-Fruit: -OutVariable: there are no variables here; this works in PowerShell only")]
    [InlineData("New-Fruit apple -ErrorAction Sotp", "New-Fruit: -ErrorAction: 'Sotp' is not one of Continue, SilentlyContinue, Ignore, Stop; did you mean 'Stop'?")]
    [InlineData("New-Fruit apple -AsArray:maybe", "New-Fruit: -AsArray: 'maybe' is neither $true nor $false")]
    [InlineData("Show-Value -Word A1", "Show-Value: -Word: 'A1' does not match ^[a-z]+$")]
    [InlineData("Show-Value -Pair a,b,c", "Show-Value: -Pair: 3 values are not 1 to 2")]
    [InlineData("Show-Value -Brief abcd", "Show-Value: -Brief: 'abcd' has 4 characters, not 2 to 3")]
    [InlineData("Show-Value -Span 30", "Show-Value: -Span: '30' is not a time span: write hours:minutes:seconds, such as 00:00:30")]
    [InlineData("Show-Value -Moment soon", "Show-Value: -Moment: 'soon' is not a time: write 2026-01-31T14:00:00Z")]
    [InlineData("Show-Value -Identity x", "Show-Value: -Identity: 'x' is not Guid: *")]
    [InlineData("Show-Value -Credential x", "Show-Value: -Credential: a value of type PSCredential cannot be given on a command line")]
    [InlineData("Show-Value -Table x", "Show-Value: -Table: 'x' is no table: write @{ key = 'value' }")]
    [InlineData("Show-Value -Text @{ a = 1 }", "Show-Value: -Text: Hashtable is not string")]
    [InlineData("Get-Thing", "Get-Thing: -Name is missing")]
    [InlineData("Get-Thing -Id 5", "Get-Thing: -Region is missing")]
    [InlineData("Get-Thing x -Id 5 -Region r", "Get-Thing: 'x' is one value too many; no parameter takes it by its place")]
    [InlineData("Get-Thing -Name x -Id 5", "Get-Thing: -Name and -Id cannot be used together")]
    [InlineData("Find-Thing", "Find-Thing: it is not clear which way it is meant; add one of -Near, -Far")]
    [InlineData("New-Fruit apple -Output xml", "cumulus: -Output: 'xml' is not one of Table, List, Json, Yaml*")]
    [InlineData("New-Fruit apple -Output", "cumulus: a value is missing after -Output: table, list, json or yaml")]
    public void What_does_not_fit_is_one_line_that_names_it(string line, string expected)
    {
        var run = ConsoleRun.Of(line);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Equal("", run.Out);
        string error = Assert.Single(run.ErrorLines);
        Assert.Equal(expected, expected.EndsWith('*') ? error[..(expected.Length - 1)] + "*" : error);
    }

    [Theory]
    [InlineData("Get-Thing x", "name x")]
    [InlineData("Get-Thing -Id 5 -Region r", "id 5")]
    [InlineData("Get-Thing x -Note n -Ver 5", "name x")]
    public void The_parameter_set_is_found(string line, string expected) => Assert.Equal([expected], ConsoleRun.Of(line).OutLines);

    [Theory]
    [InlineData("Find-Thing -Near x")]
    [InlineData("Find-Thing -Far x -Limit 3")]
    public void A_set_that_was_named_needs_no_default(string line) => Assert.Equal(new ConsoleRun(ExitCodes.Success, "", ""), ConsoleRun.Of(line));
}
