using System.Buffers.Binary;
using System.Text;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>An error as the protocol rpc-v2-cbor has it: a map of two texts (RFC 8949; https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html).</summary>
internal static class CborError
{
    private const byte MapOfTwo = 0xA2;
    private const byte TextOfTwoByteLength = 0x79;

    public static byte[] Write(string code, string message) => [MapOfTwo, .. Text("__type"), .. Text(code), .. Text("message"), .. Text(message)];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var head = new byte[3];
        head[0] = TextOfTwoByteLength;
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(1), checked((ushort)bytes.Length));
        return [.. head, .. bytes];
    }
}
