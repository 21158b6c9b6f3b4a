using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;
using Amazon.Runtime;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>Keeps the raw answer of the last call, to tell whether every value in it arrived in the object that was read out of it.</summary>
internal sealed class LiveHttp : HttpClientFactory
{
    private string _body = "";

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Recorder(this) { InnerHandler = new HttpClientHandler() });

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    /// <summary>Awaits a call and checks that no value of the raw answer was lost, but for elements that the service's model does not have.</summary>
    /// <param name="unknown">Names of elements that moto answers and AWS's model does not have, or that the official package leaves out.</param>
    public async Task<T> CompleteAsync<T>(Task<T> call, params string[] unknown) where T : AmazonWebServiceResponse
    {
        var response = await call;
        var read = Values(response).Select(Plain).GroupBy(v => v).ToDictionary(g => g.Key, g => g.Count());
        var lost = new List<string>();
        foreach (var (name, value) in Raw(_body).Where(v => !unknown.Contains(v.Name) && v.Name is not ("RequestId" or "requestId") && v.Value.Trim().Length > 0))
        {
            if (read.TryGetValue(Plain(value), out var count) && count > 0)
                read[Plain(value)] = count - 1;
            else
                lost.Add($"{name}={value}");
        }
        Assert.Equal("", string.Join('\n', lost));
        return response;
    }

    private static IEnumerable<(string Name, string Value)> Raw(string body)
    {
        if (body.StartsWith('{'))
        {
            using var document = JsonDocument.Parse(body);
            return Raw("", document.RootElement.Clone());
        }
        return XDocument.Parse(body).Descendants().Where(e => !e.HasElements).Select(e => (e.Name.LocalName, e.Value));
    }

    private static IEnumerable<(string Name, string Value)> Raw(string name, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Raw(p.Name, p.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(e => Raw(name, e)),
        JsonValueKind.Null => [],
        _ => [(name, json.ToString())],
    };

    private static IEnumerable<string> Values(object? value)
    {
        switch (value)
        {
            case null or ResponseMetadata:
                return [];
            case string text:
                return [text];
            case ConstantClass constant:
                return [constant.Value];
            case DateTime time:
                return [time.ToString("O", CultureInfo.InvariantCulture)];
            case MemoryStream bytes:
                return [Convert.ToBase64String(bytes.ToArray())];
            case IFormattable or bool:
                return [Convert.ToString(value, CultureInfo.InvariantCulture)!];
            case IDictionary map:
                return map.Keys.Cast<string>().SelectMany(key => Values(map[key]).Append(key));
            case IEnumerable list:
                return list.Cast<object>().SelectMany(Values);
            default:
                return value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(p => Values(p.GetValue(value)));
        }
    }

    /// <summary>The same spelling for the same time, number, flag or constant (which the SDK spells as the model does, whatever the service sent).</summary>
    private static string Plain(string value)
    {
        if (value.Contains('T') && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            // Times in JSON are seconds; they compare as milliseconds like those in XML.
            return number is > 1e9 and < 1e11 ? Math.Truncate(number * 1000).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
        return bool.TryParse(value, out var flag) ? flag.ToString() : value.ToUpperInvariant();
    }

    private sealed class Recorder(LiveHttp owner) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync();
            owner._body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response;
        }
    }
}
