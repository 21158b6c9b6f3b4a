using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class Crc32Tests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Known_texts_have_their_known_checksums(string text, uint expected) =>
        Assert.Equal(expected, Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Every_length_and_every_cut_gives_what_the_bit_by_bit_definition_gives()
    {
        var bytes = new byte[700];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            uint expected = BitByBit(bytes.AsSpan(0, length));
            Assert.Equal(expected, Crc32.Of(bytes.AsSpan(0, length)));
            var inTwo = new Crc32();
            inTwo.Append(bytes.AsSpan(0, length / 3));
            inTwo.Append(bytes.AsSpan(length / 3, length - (length / 3)));
            Assert.Equal(expected, inTwo.Value);
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint register = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            register ^= b;
            for (int bit = 0; bit < 8; bit++) register = (register >> 1) ^ (0xEDB88320 & (uint)-(int)(register & 1));
        }

        return ~register;
    }
}
