namespace Cumulus.LocalCloud.Signing;

/// <summary>What a request says of its own signature.</summary>
/// <param name="Scope">Date, region, service and <c>aws4_request</c>, as they are signed.</param>
/// <param name="Value">In hexadecimal digits.</param>
internal sealed record Signature(string AccessKeyId, string Region, string Service, string Scope, IReadOnlyList<string> SignedHeaders, string Value, string Date, bool IsPresigned)
{
    /// <summary>Null when a part is missing.</summary>
    public static Signature? Of(string? credential, string? signedHeaders, string? value, string? date, bool isPresigned) =>
        credential?.Split('/', 2) is [var key, var scope] && scope.Split('/') is [_, var region, var service, _]
            ? new Signature(key, region, service, scope, signedHeaders?.Split(';') ?? [], value ?? "", date ?? "", isPresigned)
            : null;
}
