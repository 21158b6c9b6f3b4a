namespace Cumulus.Engine.Bundles;

/// <summary>Permission bits as bundles have them.</summary>
public static class EntryMode
{
    /// <summary>0644, for files of archives that tell no mode (D-23).</summary>
    public const UnixFileMode DefaultFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>0755, for folders and programs.</summary>
    public const UnixFileMode DefaultFolder = DefaultFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>0777: what a link shows.</summary>
    public const UnixFileMode Link = (UnixFileMode)0x1FF;

    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;
    private static readonly string[] Octals = [.. Enumerable.Range(0, (int)Permissions + 1).Select(Text)];

    /// <summary>
    /// What a builder keeps of a mode on disk: the bits in 0755. Write access for group and others depends on the umask
    /// of whoever checked the source out, so that it would make equal content differ from one machine to the next.
    /// </summary>
    public static UnixFileMode Normalise(UnixFileMode mode) => mode & DefaultFolder;

    /// <summary>Setuid, setgid and sticky taken away.</summary>
    public static UnixFileMode WithoutSpecialBits(UnixFileMode mode) => mode & Permissions;

    /// <summary>Four octal digits, such as <c>0644</c>.</summary>
    public static string Octal(UnixFileMode mode) => (uint)mode < Octals.Length ? Octals[(int)mode] : Text((int)mode);

    /// <summary>Null when the text is not three or four octal digits or has bits beyond the permissions.</summary>
    public static UnixFileMode? Parse(string octal) =>
        octal.Length is 3 or 4 && octal.All(c => c is >= '0' and <= '7') && Convert.ToInt32(octal, 8) is <= 0x1FF and int bits
            ? (UnixFileMode)bits
            : null;

    private static string Text(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');
}
