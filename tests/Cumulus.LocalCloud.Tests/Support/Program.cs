using Cumulus.LocalCloud;

// What a front end does for Start-LocalCloud -Foreground: the first argument is its path.
try
{
    var options = new LocalCloudOptions
    {
        Path = args[0],
        Buckets = [.. args.Where(argument => argument.StartsWith("--bucket=", StringComparison.Ordinal)).Select(argument => argument["--bucket=".Length..])],
        AllowUnisolated = args.Contains("--allow-unisolated"),
        Keep = args.Contains("--keep"),
    };
    await using var server = await LocalCloudServer.StartAsync(options, CancellationToken.None);
    await Console.Out.WriteLineAsync($"{server.Info.AccessKeyId} {server.Info.SecretAccessKey}");
    await server.WaitAsync(CancellationToken.None);
    return 0;
}
catch (Cumulus.Engine.CumulusException e)
{
    await Console.Error.WriteLineAsync($"{e.ErrorId}: {e.Message}");
    return 1;
}
