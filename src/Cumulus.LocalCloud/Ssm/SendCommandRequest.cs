using System.Net;
using System.Text.Json;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>
/// What SendCommand asks for (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html), of that what is
/// built here. Any other member is refused by name.
/// </summary>
internal sealed record SendCommandRequest
{
    private const int MostInstanceIds = 50;

    private const string ShellDocument = "AWS-RunShellScript";
    private const string PowerShellDocument = "AWS-RunPowerShellScript";

    private static readonly string[] Built =
    [
        "DocumentName", "DocumentVersion", "InstanceIds", "Targets", "Parameters", "TimeoutSeconds", "Comment", "MaxConcurrency", "MaxErrors",
        "OutputS3BucketName", "OutputS3KeyPrefix", "OutputS3Region",
    ];

    private static readonly string[] BuiltParameters = ["commands", "workingDirectory", "executionTimeout"];

    public required string DocumentName { get; init; }

    public required string Comment { get; init; }

    public required IReadOnlyList<string> InstanceIds { get; init; }

    public required IReadOnlyList<SsmTarget> Targets { get; init; }

    public required IReadOnlyDictionary<string, string[]> Parameters { get; init; }

    public required int TimeoutSeconds { get; init; }

    public required string MaxConcurrency { get; init; }

    public required string MaxErrors { get; init; }

    /// <summary>Where the whole output is put; null: nowhere.</summary>
    public string? OutputBucket { get; init; }

    public required string OutputPrefix { get; init; }

    public bool IsPowerShell => DocumentName == PowerShellDocument;

    /// <summary>The step of the document, by its name.</summary>
    public string Plugin => IsPowerShell ? "aws:runPowerShellScript" : "aws:runShellScript";

    /// <summary>The lines of the script.</summary>
    public IReadOnlyList<string> Commands => Parameters["commands"];

    public string WorkingDirectory => Parameters.GetValueOrDefault("workingDirectory") is [{ Length: > 0 } folder, ..] ? folder : "/";

    /// <summary>How long the script may run; an hour if nothing is said, at most 48 hours.</summary>
    public required TimeSpan ExecutionTimeout { get; init; }

    public static SendCommandRequest Parse(AwsCall call, JsonElement body)
    {
        if (body.EnumerateObject().FirstOrDefault(member => !Built.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            throw AwsError.NotBuilt(call, $"with {other.Name}");
        var document = Text(body, "DocumentName", "");
        if (document is not (ShellDocument or PowerShellDocument))
            throw AwsError.NotBuilt(call, $"with the document {document}; it has {ShellDocument} and {PowerShellDocument} only");
        if (document == PowerShellDocument && !HostScript.HasPowerShell)
            throw AwsError.NotBuilt(call, $"with the document {document} where pwsh is not on the PATH of the session that started the cloud");
        var parameters = body.TryGetProperty(nameof(Parameters), out var given) ? given.Deserialize<Dictionary<string, string[]>>()! : [];
        if (parameters.Keys.FirstOrDefault(name => !BuiltParameters.Contains(name)) is { } unknown)
            throw Invalid("InvalidParameters", $"Document {document} has no parameter {unknown}.");
        if (parameters.GetValueOrDefault("commands") is not { Length: > 0 })
            throw Invalid("InvalidParameters", "Parameter commands is required.");
        var request = new SendCommandRequest
        {
            DocumentName = document,
            Comment = Text(body, "Comment", ""),
            InstanceIds = Texts(body, "InstanceIds"),
            Targets = SsmTarget.ParseAll(body, "Targets"),
            Parameters = parameters,
            TimeoutSeconds = body.TryGetProperty(nameof(TimeoutSeconds), out var timeout) ? timeout.GetInt32() : 3600,
            MaxConcurrency = Text(body, "MaxConcurrency", "50"),
            MaxErrors = Text(body, "MaxErrors", "0"),
            ExecutionTimeout = ParseExecutionTimeout(parameters),
            OutputBucket = Text(body, "OutputS3BucketName", "") is { Length: > 0 } bucket ? bucket : null,
            OutputPrefix = Text(body, "OutputS3KeyPrefix", ""),
        };
        return request.Checked();
    }

    public static AwsError Invalid(string code, string message) => new(HttpStatusCode.BadRequest, code, message);

    public static string Text(JsonElement body, string name, string otherwise) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : otherwise;

    public static IReadOnlyList<string> Texts(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.Deserialize<string[]>()! : [];

    private SendCommandRequest Checked()
    {
        if (InstanceIds.Count > MostInstanceIds)
            throw Invalid("ValidationException", $"InstanceIds has more than {MostInstanceIds} members; use Targets.");
        if (InstanceIds.Count == 0 == (Targets.Count == 0))
            throw Invalid("ValidationException", "Give either InstanceIds or Targets.");
        if (TimeoutSeconds is < 30 or > 2_592_000)
            throw Invalid("ValidationException", "TimeoutSeconds must be from 30 to 2592000.");
        return this;
    }

    private static TimeSpan ParseExecutionTimeout(Dictionary<string, string[]> parameters)
    {
        if (parameters.GetValueOrDefault("executionTimeout") is not [var text, ..])
            return TimeSpan.FromHours(1);
        return int.TryParse(text, out var seconds) && seconds is >= 1 and <= 172_800
            ? TimeSpan.FromSeconds(seconds)
            : throw Invalid("InvalidParameters", "Parameter executionTimeout must be from 1 to 172800.");
    }
}
