namespace Cumulus.Fixture;

public sealed record ResolvedPath(string Path, string CurrentFolder, bool ForceIsSet, bool ForceIsBound);
