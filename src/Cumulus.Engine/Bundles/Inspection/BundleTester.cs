namespace Cumulus.Engine.Bundles;

/// <summary>
/// Looks through an archive on this machine: that it can be read and is safe, that it holds byte for byte what its manifest says, and
/// that the manifest is signed. It needs no network, and changes nothing.
/// </summary>
/// <param name="trusted">The signature has to be of one of these keys; none: it is not verified.</param>
public sealed class BundleTester(IReadOnlyList<PublicKey> trusted)
{
    // A wholly other archive would give as many sentences as it has files.
    private const int MostDifferences = 50;

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/></exception>
    public async Task<BundleTest> TestAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no archive {path}.") { Target = path };
        }

        var problems = new List<string>();
        IReadOnlyList<BundleEntry>? content = await ContentAsync(path, problems, cancellationToken);
        byte[]? bytes = await BesideAsync(path, BundleManifest.Suffix, cancellationToken);
        BundleManifest? manifest = bytes is null ? null : Try(problems, () => BundleManifest.Read(bytes, path + BundleManifest.Suffix, forWindows: false));
        if (bytes is null) problems.Add($"There is no manifest {path}{BundleManifest.Suffix}.");
        if (manifest is not null) await CompareAsync(path, manifest, content, problems, cancellationToken);
        (SignatureState state, string? keyId) = CheckSignature(path, bytes, await BesideAsync(path, SignatureDocument.Suffix, cancellationToken), problems);
        return new BundleTest
        {
            Path = path,
            Name = manifest?.Name ?? Path.GetFileName(path),
            Environment = manifest?.Environment,
            Version = manifest?.Version,
            Digest = content is null ? null : ContentDigest.Of(content),
            Signature = state,
            KeyId = keyId,
            Problems = problems,
        };
    }

    /// <summary>The failure that an invalid bundle is, for a caller that must not go on.</summary>
    public static CumulusException Failure(BundleTest test) =>
        new(ErrorIds.BundleTestFailed, FailureKind.SecurityViolation, $"{test.Path} is not valid: {string.Join(' ', test.Problems)}")
        {
            Target = test.Path,
            Advice = "Do not install it; build or download the bundle again.",
        };

    private static async Task<IReadOnlyList<BundleEntry>?> ContentAsync(string path, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows: false, null, cancellationToken);
            return await archive.ReadContentAsync(cancellationToken);
        }
        catch (CumulusException e)
        {
            problems.Add(e.Message);
            return null;
        }
    }

    private static async Task CompareAsync(string path, BundleManifest manifest, IReadOnlyList<BundleEntry>? content, List<string> problems, CancellationToken cancellationToken)
    {
        long size = new FileInfo(path).Length;
        if (size != manifest.Size) problems.Add($"The archive has {size} bytes, its manifest says {manifest.Size}.");
        string sha256 = await Hex.Sha256OfFileAsync(path, cancellationToken);
        if (sha256 != manifest.Sha256) problems.Add($"The archive has SHA-256 {sha256}, its manifest says {manifest.Sha256}.");
        if (content is null) return;
        string[] differences = [.. Differences(manifest, content)];
        problems.AddRange(differences.Take(MostDifferences));
        if (differences.Length > MostDifferences) problems.Add($"{differences.Length - MostDifferences} more entries differ.");
    }

    private static IEnumerable<string> Differences(BundleManifest manifest, IReadOnlyList<BundleEntry> content)
    {
        foreach (BundleDifference d in BundleComparison.Compare(manifest, manifest with { Entries = content }))
        {
            string? problem = d.Kind switch
            {
                DifferenceKind.Added => "is in the archive and not in the manifest",
                DifferenceKind.Removed => "is in the manifest and not in the archive",
                DifferenceKind.Renamed => $"is '{d.OldName}' in the manifest",
                DifferenceKind.Changed => $"differs from the manifest: {d.Change}",
                _ => PlaceProblem(d.Old!, d.New!),
            };
            if (problem is not null) yield return $"'{d.Name}' {problem}.";
        }
    }

    private static string? PlaceProblem(BundleEntry listed, BundleEntry found) =>
        listed is { DataOffset: { } offset, DataLength: { } length } && found is { DataOffset: { } start, DataLength: { } bytes } && (offset, length) != (start, bytes)
            ? $"has {bytes} bytes at {start} in the archive, the manifest says {length} at {offset}"
            : null;

    private (SignatureState State, string? KeyId) CheckSignature(string path, byte[]? manifest, byte[]? document, List<string> problems)
    {
        string source = path + SignatureDocument.Suffix;
        if (document is null)
        {
            if (trusted.Count > 0) problems.Add($"There is no signature {source}.");
            return (SignatureState.Missing, null);
        }

        if (Try(problems, () => SignatureDocument.Read(document, source)) is not { } signature) return (SignatureState.Invalid, null);
        if (trusted.Count == 0 || manifest is null) return (SignatureState.NotChecked, signature.KeyId);
        PublicKey? key = Try(problems, () => new SignatureVerifier(trusted).Verify(manifest, document, path + BundleManifest.Suffix));
        return (key is null ? SignatureState.Invalid : SignatureState.Valid, signature.KeyId);
    }

    private static T? Try<T>(List<string> problems, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CumulusException e)
        {
            problems.Add(e.Message);
            return null;
        }
    }

    private static async Task<byte[]?> BesideAsync(string path, string suffix, CancellationToken cancellationToken) =>
        File.Exists(path + suffix) ? await File.ReadAllBytesAsync(path + suffix, cancellationToken) : null;
}
