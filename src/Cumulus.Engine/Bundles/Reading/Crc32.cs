namespace Cumulus.Engine.Bundles;

/// <summary>The checksum of zip (APPNOTE 4.4.7). The runtime's zip reader does not compare it, so that flipped bits of a stored entry would pass.</summary>
internal struct Crc32()
{
    private static readonly uint[] Table = BuildTable();
    private uint _register = 0xFFFFFFFF;

    public readonly uint Value => ~_register;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint r = _register;
        foreach (byte b in bytes)
        {
            r = (r >> 8) ^ Table[(byte)(r ^ b)];
        }

        _register = r;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint r = i;
            for (int bit = 0; bit < 8; bit++)
            {
                r = (r & 1) == 0 ? r >> 1 : (r >> 1) ^ 0xEDB88320;
            }

            table[i] = r;
        }

        return table;
    }
}
