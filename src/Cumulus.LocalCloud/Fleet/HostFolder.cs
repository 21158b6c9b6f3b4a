namespace Cumulus.LocalCloud.Fleet;

/// <summary>Where the files of one host are.</summary>
internal sealed record HostFolder(string Path)
{
    public string Root => System.IO.Path.Combine(Path, "root");

    /// <summary>The overlay's own scratch space.</summary>
    public string Work => System.IO.Path.Combine(Path, "work");

    /// <summary>Scripts that the cloud hands to the host.</summary>
    public string Scripts => System.IO.Path.Combine(Path, "scripts");

    public string BootLog => System.IO.Path.Combine(Path, "boot.log");

    public string Output(string commandId) => System.IO.Path.Combine(Path, "commands", commandId);

    public void Create()
    {
        PrivateFiles.CreateFolder(Path);
        foreach (var folder in new[] { Root, Work, Scripts })
            Directory.CreateDirectory(folder);
    }
}
