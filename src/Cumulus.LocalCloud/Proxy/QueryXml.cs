using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Api;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>Answers of the query protocol, from plain objects: an array becomes <c>member</c> elements, what is null is left out.</summary>
internal static class QueryXml
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static XElement Response(string operation, object? result = null) => new(
        $"{operation}Response",
        new XElement($"{operation}Result", Content(JsonSerializer.SerializeToNode(result, WithoutNulls))),
        new XElement("ResponseMetadata", new XElement("RequestId", Guid.NewGuid().ToString())));

    /// <summary>The answer with its names in the service's namespace.</summary>
    public static Answer ToAnswer(AwsCall call, XElement response)
    {
        XNamespace names = $"http://{call.Service}.amazonaws.com/doc/{call.Form.GetValueOrDefault("Version")}/";
        // moto's answers still say theirs.
        response.DescendantsAndSelf().Attributes().Where(attribute => attribute.IsNamespaceDeclaration).Remove();
        foreach (var element in response.DescendantsAndSelf())
            element.Name = names + element.Name.LocalName;
        return new Answer(HttpStatusCode.OK, "text/xml", Encoding.UTF8.GetBytes(response.ToString(SaveOptions.DisableFormatting)));
    }

    private static object? Content(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(pair => new XElement(pair.Key, Content(pair.Value))),
        JsonArray list => list.Select(item => new XElement("member", Content(item))),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Wire.Clean(value.GetValue<string>()),
        not null => node.ToJsonString(),
        null => null,
    };
}
