namespace Cumulus.Engine.Bundles;

/// <summary>
/// What a file system says of a file's identity: equal stamps mean that the file was not written in between. The time of
/// the last status change is what makes that true: the time of the last write alone can be set back, and installers do.
/// </summary>
/// <param name="Modified">Nanoseconds since 1970.</param>
/// <param name="Changed">Nanoseconds since 1970: of content, mode, owner or name.</param>
internal readonly record struct FileStamp(long Size, long Modified, long Changed, ulong Inode, ulong Device);
