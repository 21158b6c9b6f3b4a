namespace Cumulus.Engine.Bundles;

/// <summary>Where a bundle's content came from.</summary>
/// <param name="Commit">Full hash of the commit that was checked out.</param>
/// <param name="IsDirty">The bundled paths held changes that no commit has.</param>
public sealed record BundleOrigin(string Commit, bool IsDirty);
