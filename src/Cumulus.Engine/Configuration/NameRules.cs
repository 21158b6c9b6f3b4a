using System.Text.RegularExpressions;

namespace Cumulus.Engine.Configuration;

/// <summary>What names and versions may look like: they become parts of S3 keys, stack names and folders on hosts.</summary>
public static partial class NameRules
{
    private const int MaximumLength = 128;

    /// <summary>
    /// Letters, digits and <c>-._+</c>, beginning with a letter, a digit or <c>_</c>; no <c>..</c>, no <c>.</c> at the end (Windows drops it from
    /// folder names); at most 128 characters. So there is nothing to escape in an S3 key and no way out of a folder.
    /// </summary>
    public static bool IsValid(string name) =>
        name.Length <= MaximumLength && Name().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal) && !name.EndsWith('.');

    /// <summary>Gives the name back.</summary>
    /// <param name="what">What it is the name of, such as <c>version</c>.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/></exception>
    public static string Require(string what, string name) =>
        IsValid(name) ? name : throw Invalid($"The {what} '{name}' is not allowed: {Explanation}", name);

    /// <summary>The rule of <see cref="IsValid"/> for a person.</summary>
    internal const string Explanation = "use up to 128 letters, digits and -._+ with a letter, a digit or _ first, no '..' and no '.' at the end.";

    /// <summary>Gives the stack's full name back.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.NameInvalid"/>: CloudFormation takes letters, digits and <c>-</c>, a letter first, at most 128
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, StackName).
    /// </exception>
    public static string RequireStackName(string fullName) => IsStackName(fullName) ? fullName : throw Invalid(StackNameProblem(fullName), fullName);

    internal static bool IsStackName(string fullName) => fullName.Length <= MaximumLength && StackName().IsMatch(fullName);

    internal static string StackNameProblem(string fullName) =>
        $"'{fullName}' cannot be the name of a stack: CloudFormation takes up to 128 letters, digits and '-', a letter first. It is made of prefix, environment, name and suffix.";

    private static CumulusException Invalid(string message, string target) => new(ErrorIds.NameInvalid, FailureKind.InvalidInput, message) { Target = target };

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex StackName();
}
