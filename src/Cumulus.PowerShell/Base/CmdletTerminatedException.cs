namespace Cumulus.PowerShell;

/// <summary>
/// The command cannot go on: its beginning failed, so no other block may run. A front end shows <see cref="Error"/> and ends
/// the pipeline.
/// </summary>
internal sealed class CmdletTerminatedException(CmdletError error) : Exception(error.Message, error.Exception)
{
    public CmdletError Error { get; } = error;
}
