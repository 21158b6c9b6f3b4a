using System.IO.Compression;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Templates;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Templates;

public sealed class TemplatePackagerTests : IDisposable
{
    private static readonly TemplateDestination Bucket = new("acme", "eu-west-1", null);
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _objects = new();
    private readonly HttpClient _http = new();
    private readonly TemplatePackager _packager;

    public TemplatePackagerTests() => _packager = new TemplatePackager(_objects, _http);

    public void Dispose()
    {
        _packager.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_small_template_is_sent_as_it_is_and_nothing_is_uploaded()
    {
        string text = "# c\nResources: { T: { Type: AWS::SNS::Topic } }\n";

        TemplatePackage package = await PlanAsync(text);

        Assert.Equal(new TemplateSource(text, null), package.Source);
        Assert.Empty(package.Uploads);
        Assert.Equal("T", Assert.Single(package.Document!.Resources).LogicalId);
        Assert.Empty(_objects.Calls);
    }

    [Fact]
    public async Task A_template_over_the_limit_goes_to_the_bucket_by_its_content_D35()
    {
        string text = "Resources: { T: { Type: AWS::SNS::Topic } }\n#" + new string('x', 51_200);

        TemplatePackage package = await PlanAsync(text);
        await _packager.UploadAsync(package, null, default);

        TemplateUpload upload = Assert.Single(package.Uploads);
        Assert.Equal($".cumulus/artifacts/{upload.Sha256}.template", upload.Key);
        Assert.Equal(new TemplateSource(null, $"https://s3.eu-west-1.amazonaws.com/acme/{upload.Key}"), package.Source);
        Assert.Equal(text, Encoding.UTF8.GetString(_objects[upload.Key]));
        Assert.True(_objects.WriteOf(upload.Key).OnlyIfAbsent);
        Assert.Equal(upload.Key, (await PlanAsync(text)).Uploads[0].Key);
        Assert.NotEqual(upload.Key, (await PlanAsync(text + "y")).Uploads[0].Key);
    }

    [Fact]
    public async Task What_is_in_the_bucket_already_is_not_uploaded_again()
    {
        _folder.Write("job.py", "print()");
        TemplatePackage package = await PlanAsync("Resources: { J: { Type: AWS::Glue::Job, Properties: { Command: { ScriptLocation: job.py } } } }");
        await _packager.UploadAsync(package, null, default);
        var uploaded = new List<string>();

        await _packager.UploadAsync(package, u => uploaded.Add(u.Key), default);

        Assert.Empty(uploaded);
        Assert.Single(_objects.Calls, c => c.StartsWith("Upload ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nested_templates_code_and_snippets_are_packaged_inside_out()
    {
        _folder.Write("nested/inner.yml", "Resources: { T: { Type: AWS::SNS::Topic } } # inner");
        _folder.Write("nested/middle.yml", "Resources:\n  I: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: inner.yml } } # middle\n");
        _folder.Write("src/index.js", "exports.x = 1");
        _folder.Write("src/lib/a.js", "1");
        _folder.Write("snippet.yml", "A: 1");

        TemplatePackage package = await PlanAsync("""
            Resources:
              M: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./nested/middle.yml, Parameters: { A: !Ref B } } }
              F: { Type: AWS::Lambda::Function, Properties: { Code: src } }
              S: { Type: AWS::Serverless::Function, Properties: { CodeUri: src/ } }
              X: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: snippet.yml } } }
            """);
        await _packager.UploadAsync(package, null, default);

        TemplateUpload[] uploads = [.. package.Uploads];
        Assert.Equal([_folder["nested/inner.yml"], _folder["nested/middle.yml"], _folder["src"], _folder["snippet.yml"]], uploads.Select(u => u.From.TrimEnd('/')));
        Assert.Equal(
            $$"""
            Resources:
              M: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: "https://s3.eu-west-1.amazonaws.com/acme/{{uploads[1].Key}}", Parameters: { A: !Ref B } } }
              F: { Type: AWS::Lambda::Function, Properties: { Code: {"S3Bucket": "acme", "S3Key": "{{uploads[2].Key}}"} } }
              S: { Type: AWS::Serverless::Function, Properties: { CodeUri: "s3://acme/{{uploads[2].Key}}" } }
              X: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: "s3://acme/{{uploads[3].Key}}" } } }
            """,
            package.Source.Body);
        Assert.Equal($"Resources:\n  I: {{ Type: AWS::CloudFormation::Stack, Properties: {{ TemplateURL: \"https://s3.eu-west-1.amazonaws.com/acme/{uploads[0].Key}\" }} }} # middle\n", Encoding.UTF8.GetString(_objects[uploads[1].Key]));
        using var zip = new ZipArchive(new MemoryStream(_objects[uploads[2].Key]));
        Assert.Equal(["index.js", "lib/a.js"], zip.Entries.Where(e => e.Length > 0).Select(e => e.FullName));
        Assert.EndsWith(".zip", uploads[2].Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_code_has_the_same_key_whenever_and_wherever_it_lies()
    {
        const string Text = "Resources: { F: { Type: AWS::Lambda::Function, Properties: { Code: src } } }";
        _folder.Write("src/index.js", "exports.x = 1");
        string first = (await PlanAsync(Text)).Uploads[0].Key;
        File.SetLastWriteTimeUtc(_folder["src/index.js"], DateTime.UtcNow.AddDays(-3));
        using var elsewhere = new TempFolder();
        elsewhere.Write("src/index.js", "exports.x = 1");

        Assert.Equal(first, (await PlanAsync(Text)).Uploads[0].Key);
        Assert.Equal(first, (await _packager.PlanAsync(Stack(elsewhere.Write("t.yml", Text)), Bucket, default)).Uploads[0].Key);
        _folder.Write("src/index.js", "exports.x = 2");
        Assert.NotEqual(first, (await PlanAsync(Text)).Uploads[0].Key);
    }

    [Fact]
    public async Task A_ready_archive_goes_up_as_it_is()
    {
        _folder.Write("code.jar", "no real jar");

        TemplateUpload upload = Assert.Single((await PlanAsync("Resources: { F: { Type: AWS::Lambda::Function, Properties: { Code: code.jar } } }")).Uploads);

        Assert.Equal((_folder["code.jar"], 11L), (upload.From, upload.Size));
        Assert.EndsWith(".jar", upload.Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS::CloudFormation::Stack, Properties: { TemplateURL: nowhere.yml }", ErrorIds.TemplateNotFound, "t.yml:1 names as R (AWS::CloudFormation::Stack) TemplateURL, does not exist.")]
    [InlineData("AWS::Lambda::Function, Properties: { Code: nowhere }", ErrorIds.TemplateNotFound, "R (AWS::Lambda::Function) Code, does not exist.")]
    [InlineData("AWS::CloudFormation::Stack, Properties: { TemplateURL: folder }", ErrorIds.TemplateInvalid, "is a folder; a file is needed.")]
    [InlineData("AWS::CloudFormation::Stack, Properties: { TemplateURL: t.yml }", ErrorIds.TemplateInvalid, "has itself for a nested stack")]
    public async Task What_cannot_be_packaged_is_told_with_place_and_name(string resource, string errorId, string message)
    {
        _folder.Folder("folder");

        var e = await Assert.ThrowsAsync<CumulusException>(() => PlanAsync($"Resources: {{ R: {{ Type: {resource} }} }}"));

        Assert.Equal(errorId, e.ErrorId);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Empty(_objects.Calls);
    }

    [Fact]
    public async Task Without_a_bucket_only_what_needs_one_is_refused()
    {
        var nowhere = new TemplateDestination(null, "eu-west-1", null);
        StackDefinition small = Stack(_folder.Write("s.yml", "Resources: {}")), large = Stack(_folder.Write("l.yml", "Resources: {} #" + new string('x', 60_000)));

        Assert.NotNull((await _packager.PlanAsync(small, nowhere, default)).Source.Body);
        Assert.Equal(ErrorIds.BucketMissing, (await Assert.ThrowsAsync<CumulusException>(() => _packager.PlanAsync(large, nowhere, default))).ErrorId);
    }

    [Fact]
    public async Task Templates_come_from_S3_and_the_service_reads_them_there_itself()
    {
        _objects["t/web.yml"] = Encoding.UTF8.GetBytes("Resources: { T: { Type: AWS::SNS::Topic } }");

        TemplatePackage package = await _packager.PlanAsync(Stack("s3://acme/t/web.yml"), Bucket, default);
        TemplatePackage address = await _packager.PlanAsync(Stack("https://acme.s3.eu-west-1.amazonaws.com/t/web.yml"), Bucket, default);
        TemplatePackage local = await _packager.PlanAsync(Stack("http://127.0.0.1:4566/acme/t/web.yml"), Bucket with { EndpointUrl = "http://127.0.0.1:4566" }, default);
        var missing = await Assert.ThrowsAsync<CumulusException>(() => _packager.PlanAsync(Stack("s3://acme/none.yml"), Bucket, default));

        Assert.Equal(new TemplateSource(null, "https://s3.eu-west-1.amazonaws.com/acme/t/web.yml"), package.Source);
        Assert.Equal("T", Assert.Single(package.Document!.Resources).LogicalId);
        Assert.Equal(new TemplateSource(null, "https://acme.s3.eu-west-1.amazonaws.com/t/web.yml"), address.Source);
        Assert.Equal(new TemplateSource(null, "http://127.0.0.1:4566/acme/t/web.yml"), local.Source);
        Assert.Equal(ErrorIds.TemplateNotFound, missing.ErrorId);
    }

    [Fact]
    public async Task Templates_come_from_any_web_server_and_are_sent_as_text()
    {
        using var http = new HttpClient(new Web(uri => uri.AbsolutePath == "/t.yml" ? "Resources: { F: { Type: AWS::Lambda::Function, Properties: { Code: src } } }" : null));
        using var packager = new TemplatePackager(_objects, http);

        TemplatePackage package = await packager.PlanAsync(Stack("https://example.com/t.yml"), Bucket, default);
        var missing = await Assert.ThrowsAsync<CumulusException>(() => packager.PlanAsync(Stack("https://example.com/none.yml"), Bucket, default));

        Assert.Contains("Code: src", package.Source.Body, StringComparison.Ordinal);
        Assert.Empty(package.Uploads);
        Assert.Equal(ErrorIds.TemplateNotFound, missing.ErrorId);
        Assert.Contains("404", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_YAML_is_left_to_the_service()
    {
        TemplatePackage package = await PlanAsync("Resources: [");

        Assert.Equal("Resources: [", package.Source.Body);
        Assert.Null(package.Document);
    }

    [Theory]
    [InlineData("s3.amazonaws.com", true)]
    [InlineData("s3.eu-west-1.amazonaws.com", true)]
    [InlineData("b.s3.eu-west-1.amazonaws.com", true)]
    [InlineData("my.b.s3-us-west-2.amazonaws.com", true)]
    [InlineData("b.s3.cn-north-1.amazonaws.com.cn", true)]
    [InlineData("s3.amazonaws.com.evil.example", false)]
    [InlineData("evils3.amazonaws.com", false)]
    [InlineData("example.com", false)]
    public void Hosts_of_S3_are_known(string host, bool isS3) => Assert.Equal(isS3, S3Address.IsS3(new Uri($"https://{host}/x"), null));

    private static StackDefinition Stack(string template) => new() { Name = "web", Template = template, SourceFile = "cumulus.yml" };

    private Task<TemplatePackage> PlanAsync(string text) => _packager.PlanAsync(Stack(_folder.Write("t.yml", text)), Bucket, default);

    private sealed class Web(Func<Uri, string?> pages) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
            pages(request.RequestUri!) is { } page
                ? new HttpResponseMessage { Content = new StringContent(page) }
                : new HttpResponseMessage(System.Net.HttpStatusCode.NotFound));
    }
}
