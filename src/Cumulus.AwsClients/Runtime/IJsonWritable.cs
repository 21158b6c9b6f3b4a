using System.Text.Json;

namespace Cumulus.AwsClients;

/// <summary>Goes into a JSON request.</summary>
internal interface IJsonWritable
{
    /// <summary>Writes the members; the braces around them are the caller's.</summary>
    void Write(Utf8JsonWriter w);
}
