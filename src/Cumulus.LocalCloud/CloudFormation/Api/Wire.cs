using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>Answers as CloudFormation writes them.</summary>
internal static class Wire
{
    private static readonly XNamespace Names = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

    public static Answer Answer(string operation, IEnumerable<XElement?> result)
    {
        var document = new XElement(Names + $"{operation}Response",
            new XElement(Names + $"{operation}Result", result),
            new XElement(Names + "ResponseMetadata", new XElement(Names + "RequestId", Guid.NewGuid().ToString())));
        return new Answer(HttpStatusCode.OK, "text/xml", Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting)));
    }

    public static XElement List(string name, IEnumerable<XElement> members) => new(Names + name, members);

    public static XElement Texts(string name, IEnumerable<string> members) => List(name, members.Select(member => Member(member)));

    public static XElement Member(params object?[] content) => new(Names + "member", content);

    public static XElement Part(string name, params object?[] content) => new(Names + name, content);

    /// <summary>Nothing for null.</summary>
    public static XElement? Text(string name, string? value) => value is null ? null : new XElement(Names + name, Clean(value));

    public static XElement? Time(string name, DateTimeOffset? moment) =>
        Text(name, moment?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));

    public static XElement Flag(string name, bool value) => new(Names + name, value);

    public static XElement? Number(string name, int? value) => Text(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Tags, parameters, outputs: lists of pairs.</summary>
    public static XElement Pairs(string name, string key, string value, IEnumerable<KeyValuePair<string, string>> pairs) =>
        List(name, pairs.Select(pair => Member(Text(key, pair.Key), Text(value, pair.Value))));

    /// <summary>One page of a list; the token is the place where the next one begins.</summary>
    public static IEnumerable<XElement?> Page(string name, IEnumerable<XElement> members, string? token, int size)
    {
        var from = int.TryParse(token, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var page = members.Skip(from).Take(size + 1).ToList();
        yield return List(name, page.Take(size));
        if (page.Count > size)
            yield return Number("NextToken", from + size);
    }

    // XML has no such characters, and a service's words may.
    public static string Clean(string text) => text.Any(c => c < ' ' && c is not ('\t' or '\n' or '\r'))
        ? new string([.. text.Where(c => c >= ' ' || c is '\t' or '\n' or '\r')])
        : text;
}
