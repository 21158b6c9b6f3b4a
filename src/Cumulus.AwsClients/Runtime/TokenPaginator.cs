using System.Runtime.CompilerServices;
using Amazon.Runtime;

namespace Cumulus.AwsClients;

/// <summary>Asks for page after page until the service names no further one. Like the official paginators it runs once.</summary>
internal abstract class TokenPaginator<TResponse>(string? firstToken) : IPaginator<TResponse>
{
    private int _isConsumed;

    public async IAsyncEnumerable<TResponse> PaginateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isConsumed, 1) != 0)
            throw new InvalidOperationException("This paginator was read already. Make a new one.");
        var token = firstToken;
        do
        {
            var page = await GetPageAsync(token, cancellationToken);
            yield return page;
            var next = GetNextToken(page);
            if (!string.IsNullOrEmpty(next) && next == token)
                throw new AmazonClientException($"The service named the same page twice, so its pages would never end: {typeof(TResponse).Name}");
            token = next;
        }
        while (!string.IsNullOrEmpty(token));
    }

    protected abstract Task<TResponse> GetPageAsync(string? token, CancellationToken cancellationToken);

    protected abstract string? GetNextToken(TResponse response);
}
