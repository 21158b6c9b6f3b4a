using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>
/// In which portions the hosts of an application are taken: <c>serial</c>, <c>parallel</c>, <c>1by1</c>, <c>1/3</c>, <c>25%</c>, a count of hosts such as <c>4</c>,
/// or <c>canary:N,WAIT[,REST]</c>. A share means as many groups as it goes into the whole, sizes alike to one host, as Ghost had it.
/// </summary>
/// <remarks><c>serial</c> and <c>parallel</c> leave the hosts in their load balancers; all others take each group out while it changes.</remarks>
public sealed partial record RolloutStrategy
{
    private const int LongestWaitHours = 24;

    private RolloutStrategy(string text) => Text = text;

    /// <summary>As it was given.</summary>
    public string Text { get; private init; }

    /// <summary>A group leaves its load balancers before it changes, and comes back when it is healthy.</summary>
    public bool TakesOut { get; private init; } = true;

    /// <summary>Hosts that go first, alone; 0: none.</summary>
    public int Canary { get; private init; }

    /// <summary>Between the canary and the rest.</summary>
    public TimeSpan CanaryWait { get; private init; }

    /// <summary>Groups that the hosts make, but not more than there are hosts; null: see <see cref="Size"/>.</summary>
    private int? Count { get; init; }

    /// <summary>Hosts in a group; null: all of them.</summary>
    private int? Size { get; init; }

    /// <exception cref="CumulusException"><see cref="ErrorIds.StrategyInvalid"/></exception>
    public static RolloutStrategy Parse(string text)
    {
        string word = text.Trim().ToLowerInvariant();
        if (CanaryForm().Match(word) is { Success: true } canary)
        {
            RolloutStrategy rest = canary.Groups["rest"] is { Success: true } given ? Parse(given.Value) : Parse("25%");
            if (rest.Canary > 0 || !rest.TakesOut) throw Invalid(text);
            return rest with { Text = text.Trim(), Canary = Number(canary.Groups["count"].Value, text), CanaryWait = Wait(canary, text) };
        }

        return word switch
        {
            "serial" => new RolloutStrategy(word) { Size = 1, TakesOut = false },
            "parallel" => new RolloutStrategy(word) { TakesOut = false },
            "1by1" => new RolloutStrategy(word) { Size = 1 },
            _ when word.StartsWith("1/", StringComparison.Ordinal) => new RolloutStrategy(word) { Count = Number(word[2..], text) },
            _ when word.EndsWith('%') => new RolloutStrategy(word) { Count = GroupsOf(Number(word[..^1], text), text) },
            _ => new RolloutStrategy(word) { Size = Number(word, text) },
        };
    }

    public override string ToString() => Text;

    /// <summary>How many groups <paramref name="hosts"/> make, the canary aside.</summary>
    internal int GroupsFor(int hosts)
    {
        if (hosts == 0) return 0;
        int groups = Count ?? (Size is { } size ? (hosts + size - 1) / size : 1);
        return Math.Min(groups, hosts);
    }

    private static int GroupsOf(int percent, string text) => percent <= 100 ? (100 + percent - 1) / percent : throw Invalid(text);

    private static int Number(string digits, string text) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw Invalid(text);

    private static TimeSpan Wait(Match canary, string text)
    {
        int number = int.TryParse(canary.Groups["wait"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : throw Invalid(text);
        double seconds = canary.Groups["unit"].Value switch { "h" => 3600d * number, "m" => 60d * number, _ => number };
        return seconds <= LongestWaitHours * 3600 ? TimeSpan.FromSeconds(seconds) : throw Invalid(text);
    }

    private static CumulusException Invalid(string text) =>
        new(ErrorIds.StrategyInvalid, FailureKind.InvalidInput, $"'{text}' is no strategy of a roll-out.")
        {
            Target = text,
            Advice = "Use serial, parallel, 1by1, 1/3, 25%, 50%, a number of hosts, or canary:N,WAIT[,REST] such as canary:1,10m,50%.",
        };

    [GeneratedRegex(@"\Acanary:(?<count>\d+),(?<wait>\d+)(?<unit>[smh]?)(,(?<rest>[^,]+))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex CanaryForm();
}
