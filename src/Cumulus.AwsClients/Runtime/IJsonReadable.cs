using System.Text.Json;

namespace Cumulus.AwsClients;

/// <summary>Comes out of a JSON answer. Members that it does not know are left alone: services add some.</summary>
internal interface IJsonReadable
{
    void Read(JsonElement e);
}
