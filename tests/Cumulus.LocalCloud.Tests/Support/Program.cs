using Cumulus.LocalCloud;

// What a front end does for Start-LocalCloud -Foreground: the first argument is its path.
try
{
    await using var server = await LocalCloudServer.StartAsync(new LocalCloudOptions { Path = args[0], AllowUnisolated = args.Contains("--allow-unisolated") }, CancellationToken.None);
    await server.WaitAsync(CancellationToken.None);
    return 0;
}
catch (Cumulus.Engine.CumulusException e)
{
    await Console.Error.WriteLineAsync($"{e.ErrorId}: {e.Message}");
    return 1;
}
