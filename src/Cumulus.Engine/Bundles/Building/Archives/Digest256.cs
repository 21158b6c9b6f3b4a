using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>A SHA-256 as a value, for tables with many of them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Digest256(ulong A, ulong B, ulong C, ulong D) : IComparable<Digest256>
{
    public const int Length = 32;

    public static Digest256 Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(data, hash);
        return From(hash);
    }

    public static Digest256 From(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<Digest256>(hash);

    /// <param name="hex">64 hexadecimal digits.</param>
    public static Digest256 Parse(string hex) => From(Convert.FromHexString(hex));

    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>The order of the bytes.</summary>
    public int CompareTo(Digest256 other)
    {
        Span<byte> mine = stackalloc byte[Length];
        Span<byte> theirs = stackalloc byte[Length];
        CopyTo(mine);
        other.CopyTo(theirs);
        return mine.SequenceCompareTo(theirs);
    }

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString()
    {
        Span<byte> hash = stackalloc byte[Length];
        CopyTo(hash);
        return Hex.Of(hash);
    }

    public override int GetHashCode() => A.GetHashCode();
}
