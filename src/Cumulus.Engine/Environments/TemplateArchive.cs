using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>The templates that were deployed, each once under the digest of its content: documents <c>templates/DIGEST</c>.</summary>
public sealed class TemplateArchive(IStateStore state)
{
    /// <summary>64 hexadecimal digits. Line endings and blanks at the end make no other template.</summary>
    public static string DigestOf(string body) => Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(Normal(body))));

    internal static string Normal(string body) => body.ReplaceLineEndings("\n").TrimEnd();

    /// <returns>Its digest.</returns>
    public async Task<string> KeepAsync(string body, CancellationToken cancellationToken)
    {
        string digest = DigestOf(body);
        await state.PutIfAbsentAsync(Name(digest), Encoding.UTF8.GetBytes(body), cancellationToken);
        return digest;
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.RollbackImpossible"/>: it is not there, or is not what it was.</exception>
    public async Task<string> ReadAsync(string digest, string stack, CancellationToken cancellationToken)
    {
        StateDocument? there = await state.GetAsync(Name(digest), cancellationToken);
        string? body = there is null ? null : Encoding.UTF8.GetString(there.Content);
        if (body is not null && DigestOf(body) == digest) return body;
        throw new CumulusException(ErrorIds.RollbackImpossible, FailureKind.NotFound, $"The template that stack '{stack}' had is {(body is null ? "not" : "no longer as it was")} in the state ({Name(digest)}). Nothing was changed.")
        {
            Target = stack,
            Advice = "Deploy the version with the configuration that it had: Deploy-Environment -Version.",
        };
    }

    private static string Name(string digest) => $"templates/{digest}";
}
