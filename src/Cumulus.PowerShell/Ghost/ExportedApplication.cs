namespace Cumulus.PowerShell;

/// <summary>A definition that was written to a file.</summary>
public sealed record ExportedApplication(string Name, string Env, string Role, string? Colour, int Revision, string Path);
