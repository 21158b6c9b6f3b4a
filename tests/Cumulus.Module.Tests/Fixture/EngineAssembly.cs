namespace Cumulus.Fixture;

public sealed record EngineAssembly(string Name, Version Version, string Context, string Location);
