namespace Cumulus.Engine.Hosts;

/// <summary>Where the contents of a bundle's files come from.</summary>
internal interface IBundleContent
{
    /// <summary>Writes files to new places, each compared with its digest.</summary>
    /// <param name="files">Names in the bundle, and full paths where nothing lies yet.</param>
    /// <exception cref="CumulusException">As the implementation says; some files may have been written by then.</exception>
    Task WriteAsync(BundleOffer offer, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken);
}
