namespace Cumulus.LocalCloud;

/// <summary>The command <c>cumulus</c> that hosts find on their PATH.</summary>
internal static class HostCommand
{
    public static void Write(CloudFolder folder, IReadOnlyList<string> command)
    {
        Directory.CreateDirectory(folder.Bin);
        if (command.Count > 0)
            PrivateFiles.WriteScript(Path.Combine(folder.Bin, "cumulus"), $"#!/bin/sh\nexec {string.Join(' ', command.Select(Quote))} \"$@\"\n");
    }

    private static string Quote(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
