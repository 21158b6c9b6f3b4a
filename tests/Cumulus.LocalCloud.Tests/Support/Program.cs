using Cumulus.LocalCloud;

// What a front end does for Start-LocalCloud -Foreground: PATH is the first argument.
try
{
    await using var server = await LocalCloudServer.StartAsync(new LocalCloudOptions { Path = args[0] }, CancellationToken.None);
    await server.WaitAsync(CancellationToken.None);
    return 0;
}
catch (Cumulus.Engine.CumulusException e)
{
    await Console.Error.WriteLineAsync($"{e.ErrorId}: {e.Message}");
    return 1;
}
