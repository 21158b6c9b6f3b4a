using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cumulus.Engine.Bundles;

/// <summary>The checksum of zip and gzip (APPNOTE 4.4.7, RFC 1952): the CRC-32 with the polynomial 0xEDB88320, bits reflected.</summary>
/// <remarks>
/// Long inputs are folded 64 bytes at a time where the processor multiplies without carry (Gopal et al., "Fast CRC
/// Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009); else eight table look-ups take eight bytes.
/// </remarks>
internal struct Crc32()
{
    private const int Slices = 8;
    private const int FoldedAtOnce = 64;

    // x^n mod P for the distances of 512 and of 128 bits, from the paper's table for this polynomial.
    private static readonly Vector128<ulong> FoldBy512 = Vector128.Create(0x154442bd4UL, 0x1c6e41596UL);
    private static readonly Vector128<ulong> FoldBy128 = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
    private static readonly uint[] Table = BuildTable();
    private uint _register = 0xFFFFFFFF;

    public readonly uint Value => ~_register;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32();
        crc.Append(bytes);
        return crc.Value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.IsSupported && bytes.Length >= 2 * FoldedAtOnce)
        {
            int whole = bytes.Length & ~(FoldedAtOnce - 1);
            _register = Fold(_register, bytes[..whole]);
            bytes = bytes[whole..];
        }

        _register = ByTable(_register, bytes);
    }

    /// <param name="bytes">At least one block of 64 bytes, and whole ones.</param>
    private static uint Fold(uint register, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector128<ulong>> blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        Vector128<ulong> a = blocks[0] ^ Vector128.CreateScalar((ulong)register);
        Vector128<ulong> b = blocks[1];
        Vector128<ulong> c = blocks[2];
        Vector128<ulong> d = blocks[3];
        for (int i = 4; i < blocks.Length; i += 4)
        {
            a = Multiply(a, FoldBy512) ^ blocks[i];
            b = Multiply(b, FoldBy512) ^ blocks[i + 1];
            c = Multiply(c, FoldBy512) ^ blocks[i + 2];
            d = Multiply(d, FoldBy512) ^ blocks[i + 3];
        }

        Vector128<ulong> rest = Multiply(a, FoldBy128) ^ b;
        rest = Multiply(rest, FoldBy128) ^ c;
        rest = Multiply(rest, FoldBy128) ^ d;
        // Sixteen bytes with the same remainder as everything so far.
        return ByTable(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in rest)));
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint ByTable(uint register, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        while (bytes.Length >= Slices)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ register;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            register = table[0x700 + (byte)low] ^ table[0x600 + (byte)(low >> 8)] ^ table[0x500 + (byte)(low >> 16)] ^ table[0x400 + (int)(low >> 24)]
                ^ table[0x300 + (byte)high] ^ table[0x200 + (byte)(high >> 8)] ^ table[0x100 + (byte)(high >> 16)] ^ table[(int)(high >> 24)];
            bytes = bytes[Slices..];
        }

        foreach (byte b in bytes) register = (register >> 8) ^ table[(byte)(register ^ b)];
        return register;
    }

    // Entry 256 * k + b: what the byte b does to the register k bytes later.
    private static uint[] BuildTable()
    {
        var table = new uint[256 * Slices];
        for (uint i = 0; i < 256; i++)
        {
            uint r = i;
            for (int bit = 0; bit < 8; bit++) r = (r & 1) == 0 ? r >> 1 : (r >> 1) ^ 0xEDB88320;
            table[i] = r;
        }

        for (int i = 256; i < table.Length; i++) table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        return table;
    }
}
