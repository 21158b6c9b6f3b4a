using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>The bytes that a bracket expression such as <c>[a-z[:digit:]]</c> stands for.</summary>
internal sealed class ByteSet
{
    private static readonly Dictionary<string, Func<char, bool>> Classes = new(StringComparer.Ordinal)
    {
        ["alnum"] = char.IsAsciiLetterOrDigit,
        ["alpha"] = char.IsAsciiLetter,
        ["blank"] = c => c is ' ' or '\t',
        ["cntrl"] = c => c is < ' ' or '\x7F',
        ["digit"] = char.IsAsciiDigit,
        ["graph"] = c => c is > ' ' and < '\x7F',
        ["lower"] = char.IsAsciiLetterLower,
        ["print"] = c => c is >= ' ' and < '\x7F',
        ["punct"] = c => c is > ' ' and < '\x7F' && !char.IsAsciiLetterOrDigit(c),
        ["space"] = c => c is ' ' or '\t' or '\n' or '\r',
        ["upper"] = char.IsAsciiLetterUpper,
        ["xdigit"] = char.IsAsciiHexDigit,
    };

    private readonly bool[] _members = new bool[256];

    public static ByteSet All { get; } = Everything();

    public bool this[byte b] => _members[b];

    /// <param name="start">Where the <c>[</c> is.</param>
    /// <returns>Where the pattern goes on.</returns>
    /// <exception cref="FormatException">It has no end, or names a class that is not known.</exception>
    public static int Read(ReadOnlySpan<byte> pattern, int start, out ByteSet set)
    {
        set = new ByteSet();
        int i = start + 1;
        bool negated = i < pattern.Length && pattern[i] is (byte)'!' or (byte)'^';
        if (negated) i++;
        int first = i;
        while (i == first || i >= pattern.Length || pattern[i] != ']')
        {
            if (i >= pattern.Length) throw NoEnd();
            if (pattern[i..].StartsWith("[:"u8) && ClassEnd(pattern, i) is { } end)
            {
                set.AddClass(Encoding.UTF8.GetString(pattern[(i + 2)..(end - 1)]));
                i = end + 1;
                continue;
            }

            // The first byte counts even where the range is empty, as in '[c-a]'.
            byte low = One(pattern, ref i);
            set._members[low] = true;
            if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
            {
                i++;
                byte high = One(pattern, ref i);
                for (int b = low; b <= high; b++) set._members[b] = true;
            }
        }

        if (negated) set.Invert();
        return i + 1;
    }

    private static byte One(ReadOnlySpan<byte> pattern, ref int i)
    {
        if (pattern[i] == '\\') i++;
        return i < pattern.Length ? pattern[i++] : throw NoEnd();
    }

    // Where the ']' of ':]' is; null when what looks like a class is none.
    private static int? ClassEnd(ReadOnlySpan<byte> pattern, int start)
    {
        int length = pattern[(start + 2)..].IndexOf((byte)']');
        if (length < 0) throw NoEnd();
        return length > 0 && pattern[start + 1 + length] == ':' ? start + 2 + length : null;
    }

    private void AddClass(string name)
    {
        if (!Classes.TryGetValue(name, out Func<char, bool>? isMember))
            throw new FormatException($"there is no class '[:{name}:]'; known are {string.Join(", ", Classes.Keys.Order(StringComparer.Ordinal))}");
        for (int b = 0; b < 128; b++) _members[b] |= isMember((char)b);
    }

    private void Invert()
    {
        for (int b = 0; b < _members.Length; b++) _members[b] = !_members[b];
    }

    private static ByteSet Everything()
    {
        var set = new ByteSet();
        set.Invert();
        return set;
    }

    private static FormatException NoEnd() => new("its '[' has no ']'");
}
