using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// One pattern with the rules of gitignore(5), compared with git's own answers by the tests. It works on UTF-8 bytes, as git does, and in
/// time proportional to the lengths of pattern and name: all states of the match are followed at once, so that no pattern is slow.
/// </summary>
internal sealed class IgnorePattern
{
    private readonly List<Token> _tokens = [];

    private IgnorePattern(bool isNegative, bool foldersOnly, bool nameOnly) => (IsNegative, FoldersOnly, NameOnly) = (isNegative, foldersOnly, nameOnly);

    private enum TokenKind
    {
        Byte,
        AnyOfSet,

        /// <summary>Any number of bytes within a component.</summary>
        WithinComponent,

        /// <summary>Any number of bytes.</summary>
        Anything,

        /// <summary>Any number of whole folders, at the start of a component; always followed by <see cref="FoldersRest"/>.</summary>
        Folders,

        /// <summary>Inside one of those folders' names.</summary>
        FoldersRest,
    }

    /// <summary>It takes back what an earlier pattern ignored.</summary>
    public bool IsNegative { get; }

    public bool FoldersOnly { get; }

    /// <summary>It has no <c>/</c> but at its end, so that it counts for the last component at any depth.</summary>
    public bool NameOnly { get; }

    /// <returns>Null for a line that is no pattern: empty, or a comment.</returns>
    /// <exception cref="FormatException">A pattern that git takes and never matches: the message says what is wrong with it.</exception>
    public static IgnorePattern? Parse(string line)
    {
        if (line.Contains('\0')) throw new FormatException("it holds a NUL character");
        if (line.StartsWith('#')) return null;
        string text = TrimEnd(line);
        bool negative = text.StartsWith('!');
        if (negative) text = text[1..];
        bool foldersOnly = text.EndsWith('/');
        if (foldersOnly) text = text[..^1];
        if (text.Length == 0) return null;
        var pattern = new IgnorePattern(negative, foldersOnly, nameOnly: !text.Contains('/'));
        pattern.Read(Encoding.UTF8.GetBytes(text.StartsWith('/') ? text[1..] : text));
        return pattern;
    }

    /// <summary>Why a text could never match anything, as a clause; null when it could, or is no pattern.</summary>
    public static string? Problem(string line)
    {
        try
        {
            Parse(line);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <param name="name">In UTF-8, relative to where the pattern stands, with <c>/</c> between components.</param>
    public bool Matches(ReadOnlySpan<byte> name, bool isFolder)
    {
        if (FoldersOnly && !isFolder) return false;
        return Matches(NameOnly ? name[(name.LastIndexOf((byte)'/') + 1)..] : name);
    }

    private bool Matches(ReadOnlySpan<byte> text)
    {
        Span<bool> now = _tokens.Count < 256 ? stackalloc bool[_tokens.Count + 1] : new bool[_tokens.Count + 1];
        Span<bool> next = _tokens.Count < 256 ? stackalloc bool[_tokens.Count + 1] : new bool[_tokens.Count + 1];
        Enter(now, 0);
        foreach (byte b in text)
        {
            next.Clear();
            bool any = false;
            for (int state = 0; state < _tokens.Count; state++)
            {
                if (!now[state] || After(state, b) is not (>= 0 and var after)) continue;
                Enter(next, after);
                any = true;
            }

            if (!any) return false;
            Span<bool> swap = now;
            now = next;
            next = swap;
        }

        return now[^1];
    }

    // A state, and all that are reached from it without a byte.
    private void Enter(Span<bool> states, int state)
    {
        while (true)
        {
            states[state] = true;
            if (state == _tokens.Count) return;
            switch (_tokens[state].Kind)
            {
                case TokenKind.WithinComponent or TokenKind.Anything:
                    state++;
                    break;
                case TokenKind.Folders:
                    state += 2;
                    break;
                default:
                    return;
            }
        }
    }

    private int After(int state, byte b)
    {
        Token token = _tokens[state];
        bool slash = b == '/';
        return token.Kind switch
        {
            TokenKind.Byte => b == token.Value ? state + 1 : -1,
            TokenKind.AnyOfSet => !slash && token.Set![b] ? state + 1 : -1,
            TokenKind.WithinComponent => slash ? -1 : state,
            TokenKind.Anything => state,
            TokenKind.Folders => slash ? state : state + 1,
            _ => slash ? state - 1 : state,
        };
    }

    private void Read(byte[] pattern)
    {
        int literal = pattern.AsSpan().IndexOfAny("*?[\\"u8);
        for (int i = 0; i < pattern.Length;)
        {
            switch (pattern[i])
            {
                case (byte)'*':
                    i = ReadStars(pattern, i, literal);
                    break;
                case (byte)'?':
                    _tokens.Add(new Token(TokenKind.AnyOfSet, 0, ByteSet.All));
                    i++;
                    break;
                case (byte)'[':
                    i = ByteSet.Read(pattern, i, out ByteSet set);
                    _tokens.Add(new Token(TokenKind.AnyOfSet, 0, set));
                    break;
                case (byte)'\\' when i + 1 == pattern.Length:
                    throw new FormatException("a backslash at its end escapes nothing");
                case (byte)'\\':
                    _tokens.Add(new Token(TokenKind.Byte, pattern[i + 1], null));
                    i += 2;
                    break;
                default:
                    _tokens.Add(new Token(TokenKind.Byte, pattern[i], null));
                    i++;
                    break;
            }
        }
    }

    // Two stars span folders only when they are a whole component. Git looks for the component's start only behind the first
    // wildcard, so that 'a**/b' spans folders too.
    private int ReadStars(byte[] pattern, int start, int literal)
    {
        int end = start;
        while (end < pattern.Length && pattern[end] == '*') end++;
        ReadOnlySpan<byte> rest = pattern.AsSpan(end);
        bool component = end - start > 1 && !NameOnly && (start == literal || pattern[start - 1] == '/');
        if (component && rest.StartsWith("/"u8))
        {
            _tokens.Add(new Token(TokenKind.Folders, 0, null));
            _tokens.Add(new Token(TokenKind.FoldersRest, 0, null));
            return end + 1;
        }

        bool anything = component && (rest.IsEmpty || rest.StartsWith("\\/"u8));
        _tokens.Add(new Token(anything ? TokenKind.Anything : TokenKind.WithinComponent, 0, null));
        return end;
    }

    // Blanks at the end do not count, unless a backslash stands before them.
    private static string TrimEnd(string line)
    {
        int end = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\') end = Math.Min(++i + 1, line.Length);
            else if (line[i] != ' ') end = i + 1;
        }

        return line[..end];
    }

    private sealed record Token(TokenKind Kind, byte Value, ByteSet? Set);
}
