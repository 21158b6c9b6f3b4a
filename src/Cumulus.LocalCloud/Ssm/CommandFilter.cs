using System.Globalization;
using System.Text.Json;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandFilter.html.</summary>
internal sealed record CommandFilter(string Key, string Value)
{
    public static IReadOnlyList<CommandFilter> ParseAll(JsonElement body) =>
        !body.TryGetProperty("Filters", out var filters) || filters.ValueKind != JsonValueKind.Array
            ? []
            : [.. filters.EnumerateArray().Select(filter => new CommandFilter(SendCommandRequest.Text(filter, "key", ""), SendCommandRequest.Text(filter, "value", "")))];

    /// <param name="status">Of the command, or of the one invocation that is looked at.</param>
    public bool Fits(RunCommand command, string status) => Key switch
    {
        "InvokedAfter" => command.RequestedAt > Moment,
        "InvokedBefore" => command.RequestedAt < Moment,
        "Status" => status == Value,
        "DocumentName" => command.Request.DocumentName == Value,
        _ => throw SendCommandRequest.Invalid("InvalidFilterKey", $"LocalCloud does not know the filter {Key}."),
    };

    private DateTimeOffset Moment => DateTimeOffset.TryParse(Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
        ? moment
        : throw SendCommandRequest.Invalid("ValidationException", $"{Value} is not a time.");
}
