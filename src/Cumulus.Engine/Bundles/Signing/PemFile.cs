using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>A PEM file (RFC 7468) with one key, private or public. What was read is wiped when it is disposed of.</summary>
internal sealed class PemFile : IDisposable
{
    public const string PublicKeyLabel = "PUBLIC KEY";
    public const string Pkcs8Label = "PRIVATE KEY";
    public const string EncryptedPkcs8Label = "ENCRYPTED PRIVATE KEY";
    public const string Sec1Label = "EC PRIVATE KEY";

    /// <summary>What <c>openssl ecparam -genkey</c> writes before the key.</summary>
    private const string CurveLabel = "EC PARAMETERS";

    // A P-256 key has some 300 bytes.
    private const int LongestBytes = 1 << 16;

    private readonly string _path;
    private readonly byte[] _data;

    private PemFile(string path, string label, byte[] data)
    {
        _path = path;
        Label = label;
        _data = data;
    }

    /// <summary>What stands after <c>BEGIN</c>.</summary>
    public string Label { get; }

    public ReadOnlySpan<byte> Data => _data;

    public static bool IsPrivate(string label) => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyNotFound"/>; <see cref="ErrorIds.KeyInvalid"/>: no PEM, or more than one key.</exception>
    public static PemFile Read(string path)
    {
        char[] text = ReadText(path);
        try
        {
            PemFile? found = null;
            int at = 0;
            while (PemEncoding.TryFind(text.AsSpan(at), out PemFields fields))
            {
                ReadOnlySpan<char> block = text.AsSpan(at);
                string label = block[fields.Label].ToString();
                if (label != CurveLabel)
                {
                    if (found is not null)
                    {
                        found.Dispose();
                        throw Invalid(path, "holds more than one key");
                    }

                    found = new PemFile(path, label, Decode(block[fields.Base64Data], fields.DecodedDataLength));
                }

                at += fields.Location.End.Value;
            }

            return found ?? throw Invalid(path, text.AsSpan().IndexOf("Proc-Type:") >= 0
                ? "holds a key that is encrypted in the old way of OpenSSL"
                : "is no PEM file with a key");
        }
        finally
        {
            Array.Clear(text);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_data);

    public CumulusException Invalid(string what, Exception? cause = null) => Invalid(_path, what, cause);

    private static CumulusException Invalid(string path, string what, Exception? cause = null) =>
        new(ErrorIds.KeyInvalid, FailureKind.InvalidInput, $"The key file {path} {what}.", cause)
        {
            Target = path,
            Advice = "It takes an ECDSA P-256 key as New-BundleKey makes it, or 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256' "
                + "(private) and 'openssl pkey -pubout' (public); 'openssl pkcs8 -topk8' rewrites keys of older forms.",
        };

    private static byte[] Decode(ReadOnlySpan<char> base64, int length)
    {
        byte[] data = new byte[length];
        Convert.TryFromBase64Chars(base64, data, out _);
        return data;
    }

    // PEM is ASCII: each byte is a character, and no decoder keeps a copy.
    private static char[] ReadText(string path)
    {
        if (!File.Exists(path))
        {
            throw new CumulusException(ErrorIds.KeyNotFound, FailureKind.NotFound, $"There is no key file {path}.") { Target = path, Advice = "New-BundleKey makes a pair of keys." };
        }

        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        byte[] bytes = new byte[LongestBytes + 1];
        try
        {
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > LongestBytes) throw Invalid(path, $"is no PEM file with a key: it has more than {LongestBytes} bytes");
            char[] text = new char[length];
            for (int i = 0; i < length; i++) text[i] = (char)bytes[i];
            return text;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
