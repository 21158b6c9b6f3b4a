using System.Text;
using System.Text.Json.Nodes;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles.Inspection;

/// <summary>Nothing here has a connection, credentials or an object store: the tester takes paths and keys alone.</summary>
public sealed class BundleTesterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PemManifestSigner _signer;

    public BundleTesterTests() => _signer = NewSigner("release.pem");

    public void Dispose()
    {
        _signer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_signed_bundle_is_valid()
    {
        Bundle bundle = await BuildSignedAsync();
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Empty(test.Problems);
        Assert.Equal(
            (true, SignatureState.Valid, _signer.PublicKey.Id, bundle.Digest, "web", "stage", "1", bundle.Path),
            (test.IsValid, test.Signature, test.KeyId, test.Digest, test.Name, test.Environment, test.Version, test.Path));
    }

    [Fact]
    public async Task Without_a_key_a_signature_is_not_checked_and_need_not_be_there()
    {
        Bundle bundle = await BuildSignedAsync();
        BundleTest test = await TestAsync(bundle);
        Assert.Equal((true, SignatureState.NotChecked, _signer.PublicKey.Id), (test.IsValid, test.Signature, test.KeyId));
        File.Delete(bundle.Path + SignatureDocument.Suffix);
        test = await TestAsync(bundle);
        Assert.Equal((true, SignatureState.Missing, null), (test.IsValid, test.Signature, test.KeyId));
    }

    [Fact]
    public async Task With_a_key_an_unsigned_bundle_is_not_valid()
    {
        Bundle bundle = await BuildSignedAsync();
        File.Delete(bundle.Path + SignatureDocument.Suffix);
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Equal((false, SignatureState.Missing), (test.IsValid, test.Signature));
        Assert.Contains($"There is no signature {bundle.Path}.manifest.sig.", test.Problems);
    }

    [Fact]
    public async Task A_bundle_of_another_key_is_not_valid_and_the_key_is_named()
    {
        using PemManifestSigner other = NewSigner("other.pem");
        BundleTest test = await TestAsync(await BuildSignedAsync(), other.PublicKey);
        Assert.Equal((false, SignatureState.Invalid, _signer.PublicKey.Id), (test.IsValid, test.Signature, test.KeyId));
        Assert.Contains("which is not trusted here", Assert.Single(test.Problems));
    }

    [Fact]
    public async Task A_manifest_that_changed_by_one_byte_is_not_valid()
    {
        Bundle bundle = await BuildSignedAsync();
        Replace(bundle.ManifestPath, "\"version\": \"1\"", "\"version\": \"2\"");
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Equal((false, SignatureState.Invalid), (test.IsValid, test.Signature));
        Assert.Contains("does not have the bytes that the key", Assert.Single(test.Problems));
        // Without a key nobody can tell: the manifest fits the archive still.
        Assert.True((await TestAsync(bundle)).IsValid);
    }

    [Fact]
    public async Task An_archive_that_changed_by_one_byte_is_not_valid_wherever_the_byte_is()
    {
        Bundle bundle = await BuildSignedAsync();
        byte[] good = File.ReadAllBytes(bundle.Path);
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x10;
            File.WriteAllBytes(bundle.Path, bad);
            BundleTest test = await TestAsync(bundle, _signer.PublicKey);
            Assert.Contains(test.Problems, p => p.StartsWith("The archive has SHA-256 ", StringComparison.Ordinal));
            Assert.Equal(SignatureState.Valid, test.Signature);
        }
    }

    [Fact]
    public async Task All_problems_are_told_at_once()
    {
        Bundle bundle = await BuildSignedAsync();
        Bundle other = await BuildAsync(("a", "other"), ("c", "new"));
        File.Copy(other.Path, bundle.Path, overwrite: true);
        File.WriteAllText(bundle.Path + SignatureDocument.Suffix, "{");
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Equal(SignatureState.Invalid, test.Signature);
        string all = string.Join('\n', test.Problems);
        Assert.Contains("bytes, its manifest says", all);
        Assert.Contains("The archive has SHA-256", all);
        Assert.Contains("'a' differs from the manifest: content.", all);
        Assert.Contains("'b' is in the manifest and not in the archive.", all);
        Assert.Contains("'c' is in the archive and not in the manifest.", all);
        Assert.Contains("is no signature document", all);
        CumulusException failure = BundleTester.Failure(test);
        Assert.Equal((ErrorIds.BundleTestFailed, FailureKind.SecurityViolation, bundle.Path), (failure.ErrorId, failure.Kind, failure.Target));
        Assert.All(test.Problems, p => Assert.Contains(p, failure.Message));
    }

    [Fact]
    public async Task A_wholly_other_archive_gives_a_bounded_number_of_sentences()
    {
        Bundle bundle = await BuildSignedAsync();
        Bundle other = await BuildAsync([.. Enumerable.Range(0, 100).Select(i => ($"f{i}", $"n{i}"))]);
        File.Copy(other.Path, bundle.Path, overwrite: true);
        BundleTest test = await TestAsync(bundle);
        Assert.Equal("53 more entries differ.", test.Problems[^1]);
        Assert.Equal(53, test.Problems.Count);
    }

    [Fact]
    public async Task A_missing_manifest_is_a_problem_and_leaves_a_signature_unchecked()
    {
        Bundle bundle = await BuildSignedAsync();
        File.Delete(bundle.ManifestPath);
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Equal([$"There is no manifest {bundle.ManifestPath}."], test.Problems);
        Assert.Equal((SignatureState.NotChecked, Path.GetFileName(bundle.Path), bundle.Digest), (test.Signature, test.Name, test.Digest));
        Assert.False(File.Exists(bundle.ManifestPath));
    }

    [Fact]
    public async Task A_signature_of_another_bundle_is_not_valid()
    {
        Bundle bundle = await BuildSignedAsync();
        File.WriteAllBytes(bundle.Path + SignatureDocument.Suffix, await _signer.SignAsync("another"u8.ToArray(), default));
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Equal(SignatureState.Invalid, test.Signature);
    }

    [Theory]
    [InlineData(SignatureDocument.Suffix)]
    [InlineData(BundleManifest.Suffix)]
    public async Task A_document_of_a_future_schema_is_told_from_a_damaged_one(string suffix)
    {
        Bundle bundle = await BuildSignedAsync();
        JsonObject document = JsonNode.Parse(File.ReadAllBytes(bundle.Path + suffix))!.AsObject();
        document["schema"] = 7;
        File.WriteAllText(bundle.Path + suffix, document.ToJsonString());
        Assert.Contains((await TestAsync(bundle, _signer.PublicKey)).Problems, p => p.Contains("has schema 7; this version of Cumulus reads up to 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("garbage")]
    public async Task A_damaged_manifest_or_signature_is_a_problem_and_no_crash(string content)
    {
        Bundle bundle = await BuildSignedAsync();
        File.WriteAllText(bundle.ManifestPath, content);
        File.WriteAllText(bundle.Path + SignatureDocument.Suffix, content);
        BundleTest test = await TestAsync(bundle, _signer.PublicKey);
        Assert.Equal((2, SignatureState.Invalid), (test.Problems.Count, test.Signature));
    }

    [Fact]
    public async Task A_hostile_archive_is_a_problem_and_an_absent_one_an_error()
    {
        Bundle bundle = await BuildSignedAsync();
        byte[] good = File.ReadAllBytes(bundle.Path);
        // The name of the first entry, in its local header and in the directory.
        byte[] bad = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(good).Replace("folder/b", "../../xb", StringComparison.Ordinal));
        Assert.NotEqual(good, bad);
        File.WriteAllBytes(bundle.Path, bad);
        BundleTest test = await TestAsync(bundle);
        Assert.Null(test.Digest);
        Assert.Contains(test.Problems, p => p.Contains("goes up with '..'", StringComparison.Ordinal));

        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleTester([]).TestAsync(_folder["absent.zip"], default));
        Assert.Equal(ErrorIds.BundleNotFound, e.ErrorId);
    }

    private static Task<BundleTest> TestAsync(Bundle bundle, params PublicKey[] trusted) => new BundleTester(trusted).TestAsync(bundle.Path, default);

    private async Task<Bundle> BuildSignedAsync()
    {
        Bundle bundle = await BuildAsync(("a", "1"), ("b", "2"), ("folder/b", "3"));
        File.WriteAllBytes(bundle.Path + SignatureDocument.Suffix, await _signer.SignAsync(File.ReadAllBytes(bundle.ManifestPath), default));
        return bundle;
    }

    private async Task<Bundle> BuildAsync(params (string Name, string Content)[] files)
    {
        string source = Guid.NewGuid().ToString("N");
        foreach ((string name, string content) in files) _folder.Write($"{source}/{name}", content);
        BundleRequest request = BundleRequest.FromPath("web", _folder[source], _folder[source + ".out"]) with { Environment = "stage", Version = "1" };
        return await new BundleBuilder().BuildAsync(request, default);
    }

    private static void Replace(string path, string old, string now)
    {
        string text = File.ReadAllText(path);
        Assert.Contains(old, text);
        File.WriteAllText(path, text.Replace(old, now, StringComparison.Ordinal));
    }

    private PemManifestSigner NewSigner(string name) => PemManifestSigner.FromFile(BundleKey.Create(_folder[name], default, overwrite: false).Path);
}
