using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Templates;

/// <summary>
/// Makes templates ready to be sent: fetches them, finds the local files that they name - nested templates, included snippets, code - and puts in their
/// place addresses that are made of their content. Planning reads and zips; only <see cref="UploadAsync"/> writes to the bucket.
/// </summary>
/// <param name="http">For templates on web servers other than S3.</param>
public sealed class TemplatePackager(IObjectStore objects, HttpClient http) : IDisposable
{
    // CloudFormation allows fewer levels; this only ends what never would.
    private const int MaximumNesting = 20;

    private static readonly string[] Archives = [".zip", ".jar", ".war"];

    private readonly TemplateFetcher _fetcher = new(objects, http);
    private DirectoryInfo? _workFolder;

    /// <summary>What would be sent and uploaded for a stack. Nothing is written but temporary files, which go with this object.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.TemplateNotFound"/>: the template, or a file that it names; <see cref="ErrorIds.TemplateInvalid"/>; <see cref="ErrorIds.BucketMissing"/>: something
    /// has to be uploaded and there is no bucket; and the failures of <see cref="IObjectStore"/>.
    /// </exception>
    public async Task<TemplatePackage> PlanAsync(StackDefinition stack, TemplateDestination destination, CancellationToken cancellationToken)
    {
        FetchedTemplate fetched = await _fetcher.FetchAsync(stack, destination, cancellationToken);
        if (fetched.Text is not { } text) return new TemplatePackage { Source = new TemplateSource(null, fetched.Url) };
        var plan = new Plan(stack, destination);
        (string packaged, TemplateDocument? document) = await PackageAsync(text, fetched.Folder, stack.Template, plan, [], cancellationToken);
        TemplateSource source = fetched.Url is { } url && packaged == text
            ? new TemplateSource(null, url)
            : Encoding.UTF8.GetByteCount(packaged) <= StackTemplate.MaxInlineBytes
                ? new TemplateSource(packaged, null)
                : new TemplateSource(null, plan.Add(Encoding.UTF8.GetBytes(packaged), stack.Template, ".template").Url);
        return new TemplatePackage { Source = source, Text = packaged, Document = document, Uploads = plan.Uploads };
    }

    /// <summary>Puts all that is planned into the bucket, and leaves alone what is there.</summary>
    /// <param name="uploaded">Called for each upload that was needed, after it.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.FileChanged"/>: a file is no longer what it was when the plan was made; the failures of <see cref="IObjectStore"/>.</exception>
    public async Task UploadAsync(TemplatePackage package, Action<TemplateUpload>? uploaded, CancellationToken cancellationToken)
    {
        foreach (TemplateUpload upload in package.Uploads)
        {
            if (await objects.FindAsync(upload.Bucket, upload.Key, cancellationToken) is not null) continue;
            if (upload.Content is { } content) await objects.PutAsync(upload.Bucket, upload.Key, content, ObjectWrite.IfAbsent, cancellationToken);
            else await objects.UploadAsync(upload.Bucket, upload.Key, upload.File!, ObjectWrite.IfAbsent with { ExpectedSha256 = upload.Sha256 }, null, cancellationToken);
            uploaded?.Invoke(upload);
        }
    }

    public void Dispose() => _workFolder?.Delete(recursive: true);

    /// <param name="folder">Where relative paths start; null: the template came from elsewhere, and names no files of this machine.</param>
    /// <param name="open">Templates that are being packaged, outermost first.</param>
    private async Task<(string Text, TemplateDocument? Document)> PackageAsync(
        string text, string? folder, string from, Plan plan, IReadOnlyList<string> open, CancellationToken cancellationToken)
    {
        TemplateDocument document;
        try
        {
            document = TemplateReader.Read(text);
        }
        catch (TemplateFormatException)
        {
            // What is wrong with it the service says better.
            return (text, null);
        }

        if (folder is null || document.References.Count == 0) return (text, document);
        var addresses = new List<ArtifactAddress>();
        foreach (ArtifactReference reference in document.References)
            addresses.Add(await AddressAsync(reference, folder, from, plan, [.. open, Path.GetFullPath(from)], cancellationToken));
        string rewritten = TemplateRewriter.Rewrite(document, addresses);
        return (rewritten, document with { Text = rewritten, References = [] });
    }

    private async Task<ArtifactAddress> AddressAsync(
        ArtifactReference reference, string folder, string from, Plan plan, IReadOnlyList<string> open, CancellationToken cancellationToken)
    {
        string path = PathStyle.Current.Resolve(folder, reference.Path, null);
        string what = $"'{reference.Path}', which {from}:{reference.Line} names as {reference.Where},";
        if (Directory.Exists(path))
        {
            if (reference.Zips) return await ZipAsync(path, plan, cancellationToken);
            throw plan.Refused(ErrorIds.TemplateInvalid, $"{what} is a folder; a file is needed.", path);
        }

        if (reference.Form == ArtifactForm.TemplateUrl) return await NestedAsync(path, what, plan, open, cancellationToken);
        if (reference.Zips && File.Exists(path) && !Archives.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)) return await ZipAsync(path, plan, cancellationToken);
        if (!File.Exists(path)) throw plan.Refused(ErrorIds.TemplateNotFound, $"{what} does not exist.", path);
        return plan.Add(path, await Hex.Sha256OfFileAsync(path, cancellationToken), path);
    }

    private async Task<ArtifactAddress> NestedAsync(string path, string what, Plan plan, IReadOnlyList<string> open, CancellationToken cancellationToken)
    {
        if (open.Contains(path)) throw plan.Refused(ErrorIds.TemplateInvalid, $"{what} has itself for a nested stack: {string.Join(", ", open.Append(path))}.", path);
        if (open.Count > MaximumNesting) throw plan.Refused(ErrorIds.TemplateInvalid, $"{what} is nested deeper than {MaximumNesting} levels.", path);
        byte[] bytes = await TemplateFiles.ReadAsync(path, what, null, cancellationToken);
        string text;
        try
        {
            text = TemplateFetcher.Text(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw plan.Refused(ErrorIds.TemplateInvalid, $"{what} is no UTF-8 text.", path);
        }

        (string packaged, _) = await PackageAsync(text, Path.GetDirectoryName(path), path, plan, open, cancellationToken);
        return plan.Add(Encoding.UTF8.GetBytes(packaged), path, ".template");
    }

    // The same content gives the same bytes, and so the same key.
    private async Task<ArtifactAddress> ZipAsync(string path, Plan plan, CancellationToken cancellationToken)
    {
        _workFolder ??= Directory.CreateTempSubdirectory("cumulus-package-");
        string folder = Path.Combine(_workFolder.FullName, plan.NextName());
        BundleRequest request = BundleRequest.FromPath("code", path, folder) with { FollowSymlinks = true, EntryTime = ZipHeaders.FirstTime };
        Bundle zip = await new BundleBuilder().BuildAsync(request, cancellationToken);
        return plan.Add(zip.Path, zip.Sha256, path);
    }

    /// <summary>The uploads of one stack's template.</summary>
    private sealed class Plan(StackDefinition stack, TemplateDestination destination)
    {
        private readonly List<TemplateUpload> _uploads = [];
        private int _names;

        public IReadOnlyList<TemplateUpload> Uploads => _uploads;

        public string NextName() => FormattableString.Invariant($"{stack.Name}-{++_names}-{Guid.NewGuid():N}");

        public ArtifactAddress Add(byte[] content, string from, string ending) =>
            Add(new TemplateUpload { Bucket = Bucket(from), Key = "", From = from, Sha256 = Hex.Of(SHA256.HashData(content)), Size = content.Length, Content = content }, ending);

        public ArtifactAddress Add(string file, string sha256, string from) =>
            Add(new TemplateUpload { Bucket = Bucket(from), Key = "", From = from, Sha256 = sha256, Size = new FileInfo(file).Length, File = file }, Path.GetExtension(file));

        public CumulusException Refused(string errorId, string message, string path) =>
            new(errorId, errorId == ErrorIds.TemplateNotFound ? FailureKind.NotFound : FailureKind.InvalidInput, message) { Target = path, Advice = $"It belongs to stack '{stack.Name}' of {stack.SourceFile}." };

        private ArtifactAddress Add(TemplateUpload upload, string ending)
        {
            string key = TemplateDestination.Prefix + upload.Sha256 + ending;
            if (!_uploads.Exists(u => u.Key == key)) _uploads.Add(upload with { Key = key });
            return new ArtifactAddress(upload.Bucket, key, S3Address.Url(upload.Bucket, key, destination.Region, destination.EndpointUrl));
        }

        private string Bucket(string from) => destination.Bucket
            ?? throw new CumulusException(ErrorIds.BucketMissing, FailureKind.InvalidInput, $"The template of stack '{stack.Name}' needs {from} in a bucket, and its environment has none.")
            { Target = stack.Name, Advice = $"Set 'bucket' of the environment; stack '{stack.Name}' is described in {stack.SourceFile}." };
    }
}
