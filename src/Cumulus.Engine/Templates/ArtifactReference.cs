namespace Cumulus.Engine.Templates;

/// <summary>How a template names an uploaded file.</summary>
internal enum ArtifactForm
{
    /// <summary><c>https://s3.REGION.amazonaws.com/BUCKET/KEY</c>, of a template.</summary>
    TemplateUrl,

    /// <summary><c>s3://BUCKET/KEY</c></summary>
    S3Uri,

    /// <summary>A mapping of <c>S3Bucket</c> and <c>S3Key</c>.</summary>
    S3BucketAndKey,

    /// <summary>A mapping of <c>Bucket</c> and <c>Key</c>.</summary>
    BucketAndKey,
}

/// <param name="Property">Names from the resource's properties downwards, with dots between.</param>
/// <param name="Zips">A folder, or a file that is no archive, is put into a zip.</param>
internal sealed record ArtifactKind(string ResourceType, string Property, ArtifactForm Form, bool Zips = false);

/// <summary>A place in a template that names a file by a plain text.</summary>
/// <param name="Where">For messages, such as <c>Worker (AWS::Lambda::Function) Code</c>.</param>
/// <param name="Start">Of the text's scalar in the template, quotes included.</param>
internal sealed record ArtifactReference(string Where, string Path, ArtifactForm Form, bool Zips, int Start, int End, int Line);

/// <summary>
/// The properties that may name a local file until a template is packaged: those of
/// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html.
/// </summary>
internal static class ArtifactTable
{
    /// <summary>Of the macro that includes a snippet, at any depth.</summary>
    public const string Include = "AWS::Include";

    private static readonly ArtifactKind[] Kinds =
    [
        new("AWS::CloudFormation::Stack", "TemplateURL", ArtifactForm.TemplateUrl),
        new("AWS::Serverless::Application", "Location", ArtifactForm.TemplateUrl),
        new("AWS::Lambda::Function", "Code", ArtifactForm.S3BucketAndKey, Zips: true),
        new("AWS::Lambda::LayerVersion", "Content", ArtifactForm.S3BucketAndKey, Zips: true),
        new("AWS::Serverless::Function", "CodeUri", ArtifactForm.S3Uri, Zips: true),
        new("AWS::Serverless::LayerVersion", "ContentUri", ArtifactForm.S3Uri, Zips: true),
        new("AWS::Serverless::Api", "DefinitionUri", ArtifactForm.S3Uri),
        new("AWS::Serverless::StateMachine", "DefinitionUri", ArtifactForm.S3Uri),
        new("AWS::ApiGateway::RestApi", "BodyS3Location", ArtifactForm.BucketAndKey),
        new("AWS::StepFunctions::StateMachine", "DefinitionS3Location", ArtifactForm.BucketAndKey),
        new("AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle", ArtifactForm.S3BucketAndKey, Zips: true),
        new("AWS::CodeCommit::Repository", "Code.S3", ArtifactForm.BucketAndKey, Zips: true),
        new("AWS::Glue::Job", "Command.ScriptLocation", ArtifactForm.S3Uri),
        new("AWS::AppSync::GraphQLSchema", "DefinitionS3Location", ArtifactForm.S3Uri),
        new("AWS::AppSync::Resolver", "RequestMappingTemplateS3Location", ArtifactForm.S3Uri),
        new("AWS::AppSync::Resolver", "ResponseMappingTemplateS3Location", ArtifactForm.S3Uri),
        new("AWS::AppSync::Resolver", "CodeS3Location", ArtifactForm.S3Uri),
        new("AWS::AppSync::FunctionConfiguration", "RequestMappingTemplateS3Location", ArtifactForm.S3Uri),
        new("AWS::AppSync::FunctionConfiguration", "ResponseMappingTemplateS3Location", ArtifactForm.S3Uri),
        new("AWS::AppSync::FunctionConfiguration", "CodeS3Location", ArtifactForm.S3Uri),
    ];

    public static ILookup<string, ArtifactKind> ByType { get; } = Kinds.ToLookup(k => k.ResourceType);

    /// <summary>Whether the text can only be a file's path, and not an address.</summary>
    public static bool IsLocal(string text) => text.Length > 0 && !text.Contains("://", StringComparison.Ordinal) && !text.StartsWith("arn:", StringComparison.Ordinal) && !text.Contains("{{", StringComparison.Ordinal);
}
