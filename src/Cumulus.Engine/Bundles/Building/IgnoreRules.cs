using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// What stays out of a bundle, with the rules of gitignore(5): the last pattern of the nearest list that says anything about a name decides.
/// <c>-Exclude</c> and the option <c>exclude</c> stand above all <see cref="FileName"/> files, as git's command line does.
/// </summary>
internal sealed class IgnoreRules
{
    public const string FileName = ".cumulusignore";

    private const int LargestFile = 1024 * 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly IReadOnlyList<IgnorePattern> _patterns;
    private readonly int _base;
    private readonly IgnoreRules? _next;

    private IgnoreRules(IReadOnlyList<IgnorePattern> patterns, int start, IgnoreRules? next) => (_patterns, _base, _next) = (patterns, start, next);

    /// <summary>True when no pattern can say anything.</summary>
    public bool IsEmpty => _patterns.Count == 0 && (_next is null || _next.IsEmpty);

    /// <summary>Patterns of the command line or of the configuration, relative to the root of each walk.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.IgnorePatternInvalid"/></exception>
    public static IgnoreRules Of(IEnumerable<string> patterns) =>
        new([.. patterns.Select(p => Parse(p, $"The pattern '{p}'", p)).OfType<IgnorePattern>()], 0, null);

    /// <summary>The rules of a folder that holds a <see cref="FileName"/>: its patterns come behind those of <see cref="Of(IEnumerable{string})"/> and before those of the folders above.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="folder">The folder relative to the root of the walk; empty at the root.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.IgnorePatternInvalid"/>, with the line.</exception>
    public IgnoreRules With(string path, string folder)
    {
        var own = new IgnoreRules(Read(path), folder.Length == 0 ? 0 : Encoding.UTF8.GetByteCount(folder) + 1, _next);
        return new IgnoreRules(_patterns, _base, own);
    }

    /// <summary>Whether a name is ignored.</summary>
    /// <param name="name">In UTF-8, relative to the root of the walk. The folders above it are not ignored.</param>
    public bool Ignore(ReadOnlySpan<byte> name, bool isFolder)
    {
        for (IgnoreRules? rules = this; rules is not null; rules = rules._next)
        {
            for (int i = rules._patterns.Count - 1; i >= 0; i--)
            {
                IgnorePattern pattern = rules._patterns[i];
                if (pattern.Matches(name[rules._base..], isFolder)) return !pattern.IsNegative;
            }
        }

        return false;
    }

    private static List<IgnorePattern> Read(string path)
    {
        string text;
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > LargestFile) throw Invalid(path, path, $"has {stream.Length} bytes; more than {LargestFile} are not read");
            using var reader = new StreamReader(stream, StrictUtf8);
            text = reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw Invalid(path, path, "is not UTF-8", e);
        }

        var patterns = new List<IgnorePattern>();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (Parse(line.EndsWith('\r') ? line[..^1] : line, $"{path}, line {number}:", path) is { } pattern) patterns.Add(pattern);
        }

        return patterns;
    }

    private static IgnorePattern? Parse(string line, string place, string target)
    {
        try
        {
            return IgnorePattern.Parse(line);
        }
        catch (FormatException e)
        {
            throw Invalid(target, place, $"is no pattern that could match anything: {e.Message}", e);
        }
    }

    private static CumulusException Invalid(string target, string subject, string what, Exception? cause = null) =>
        new(ErrorIds.IgnorePatternInvalid, FailureKind.InvalidInput, $"{subject} {what}.", cause)
        {
            Target = target,
            Advice = $"Patterns of {FileName} and -Exclude are those of .gitignore: https://git-scm.com/docs/gitignore",
        };
}
