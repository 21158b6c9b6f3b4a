using Cumulus.Engine.Aws;

namespace Cumulus.PowerShell;

/// <summary>The connection of a host that follows: opened again when <c>metadata.conf</c> names another region or other keys.</summary>
internal sealed class HandlerConnection(Func<AwsConnection, CancellationToken, Task<AwsGateways>> open) : IDisposable
{
    private AwsConnection? _connected;
    private AwsGateways? _aws;

    /// <exception cref="InvalidOperationException">It was never opened.</exception>
    public AwsGateways Current => _aws ?? throw new InvalidOperationException("There is no connection yet.");

    public async Task<IObjectStore> OpenAsync(AwsConnection wanted, CancellationToken cancellationToken)
    {
        if (_aws is not null && wanted == _connected) return _aws.Objects;
        Dispose();
        _aws = await open(wanted, cancellationToken);
        _connected = wanted;
        return _aws.Objects;
    }

    public void Dispose()
    {
        _aws?.Dispose();
        _aws = null;
    }
}
