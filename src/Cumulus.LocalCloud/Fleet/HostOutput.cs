namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// Files that take what a process prints. Files and not pipes: a server that a script leaves in the background keeps its output
/// open for as long as it lives.
/// </summary>
internal sealed record HostOutput(string StandardOutput, string StandardError);
