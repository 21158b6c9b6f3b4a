namespace Cumulus.Engine.Bundles;

/// <summary>One thing on disk that goes into a bundle under a name.</summary>
/// <param name="Markers">How many environment markers its path had: the one with more wins over a plainer one.</param>
internal sealed record BundleSource(string Name, BundleEntryType Type, UnixFileMode Mode, string FullPath, string? LinkTarget, int Markers);
