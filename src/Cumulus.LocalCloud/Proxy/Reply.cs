using System.Net;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>What a call is answered with: by the cloud itself, or by moto.</summary>
internal sealed class Reply : IDisposable
{
    private readonly Answer? _own;
    private readonly HttpResponseMessage? _moto;

    private Reply(Answer? own, HttpResponseMessage? moto, string? errorCode) => (_own, _moto, ErrorCode) = (own, moto, errorCode);

    public int Status => (int)(_own?.Status ?? _moto!.StatusCode);

    /// <summary>Null when it is no error, or names none.</summary>
    public string? ErrorCode { get; }

    public static Reply Of(Answer answer) => new(answer, null, null);

    public static async Task<Reply> OfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if ((int)answer.StatusCode < 400)
            return new Reply(null, answer, null);
        // Errors are short, and their code is in the text.
        await answer.Content.LoadIntoBufferAsync();
        var (code, _) = MotoClient.ReasonIn(await answer.Content.ReadAsStringAsync(cancellationToken));
        return new Reply(null, answer, code == "" ? null : code);
    }

    public Task WriteAsync(HttpListenerResponse response, bool withBody, CancellationToken cancellationToken) => _own is null
        ? Forwarder.ReturnAsync(_moto!, response, withBody, cancellationToken)
        : _own.WriteAsync(response, withBody, cancellationToken);

    public void Dispose() => _moto?.Dispose();
}
