using System.Security.Cryptography;

namespace Cumulus.LocalCloud.Signing;

/// <summary>Credentials of the shape that SDKs expect, made up anew at each start.</summary>
internal sealed record Credentials(string AccessKeyId, string SecretAccessKey)
{
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Whose they are, as an ARN; of the cloud's own the one that moto's STS names.</summary>
    public string Principal { get; init; } = $"arn:aws:sts::{CloudFormation.Resources.ResourceWork.Account}:user/moto";

    public static Credentials MakeUp() =>
        new("LOCAL" + RandomNumberGenerator.GetString(IdAlphabet, 15), RandomNumberGenerator.GetString(SecretAlphabet, 40));

    /// <summary>Leaves the secret out.</summary>
    public override string ToString() => AccessKeyId;
}
