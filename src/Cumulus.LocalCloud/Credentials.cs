using System.Security.Cryptography;

namespace Cumulus.LocalCloud;

/// <summary>Credentials of the shape that SDKs expect, made up anew at each start.</summary>
internal sealed record Credentials(string AccessKeyId, string SecretAccessKey)
{
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static Credentials MakeUp() =>
        new("LOCAL" + RandomNumberGenerator.GetString(IdAlphabet, 15), RandomNumberGenerator.GetString(SecretAlphabet, 40));

    /// <summary>Leaves the secret out.</summary>
    public override string ToString() => AccessKeyId;
}
