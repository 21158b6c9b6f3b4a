using System.Net;
using System.Text;
using Amazon.Runtime;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>Answers every request with one body and keeps the last request, without a socket.</summary>
internal sealed class CannedHttp(string answer) : HttpClientFactory
{
    public HttpRequestMessage? Request { get; private set; }

    public string Body { get; private set; } = "";

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this, answer));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    private sealed class Handler(CannedHttp owner, string answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            owner.Request = request;
            owner.Body = request.Content == null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8), RequestMessage = request };
        }
    }
}
