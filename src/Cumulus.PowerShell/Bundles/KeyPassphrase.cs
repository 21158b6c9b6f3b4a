using System.Runtime.InteropServices;
using System.Security;
using Cumulus.Engine;

namespace Cumulus.PowerShell;

/// <summary>The passphrase of a key file, as the user gave it. A command line is no place for one: it stands in histories and process lists.</summary>
internal static class KeyPassphrase
{
    /// <param name="variable">Name of an environment variable that holds it; not looked at when there is <paramref name="given"/>.</param>
    /// <returns>Its characters, for the caller to wipe; empty when the user named neither.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyPassphraseRejected"/>: named, and empty.</exception>
    public static char[] Read(SecureString? given, string? variable)
    {
        if (given is not null)
        {
            return given.Length > 0 ? Characters(given) : throw Empty("The passphrase is empty.", "Give one, or leave -Passphrase out.");
        }

        if (variable is null) return [];
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? text.ToCharArray()
            : throw Empty($"The environment variable '{variable}', which should hold the passphrase, is not set or empty.", "Set it, or name the one that holds the passphrase.");
    }

    private static char[] Characters(SecureString text)
    {
        nint plain = Marshal.SecureStringToGlobalAllocUnicode(text);
        try
        {
            char[] characters = new char[text.Length];
            Marshal.Copy(plain, characters, 0, characters.Length);
            return characters;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(plain);
        }
    }

    private static CumulusException Empty(string message, string advice) =>
        new(ErrorIds.KeyPassphraseRejected, FailureKind.InvalidInput, message) { Advice = advice };
}
