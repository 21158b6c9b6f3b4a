using System.Globalization;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>How many healthy hosts have to be in service at any moment of a roll-out: a count, or a share of all hosts, rounded up.</summary>
public sealed record CapacityFloor
{
    private CapacityFloor(int number, bool isShare) => (Number, IsShare) = (number, isShare);

    public int Number { get; }

    /// <summary>The number is a percentage.</summary>
    public bool IsShare { get; }

    /// <summary>A count such as <c>2</c>, or a share such as <c>60%</c>.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StrategyInvalid"/></exception>
    public static CapacityFloor Parse(string text)
    {
        string word = text.Trim();
        bool share = word.EndsWith('%');
        if (int.TryParse(share ? word[..^1] : word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && (!share || number <= 100)) return new CapacityFloor(number, share);
        throw new CumulusException(ErrorIds.StrategyInvalid, FailureKind.InvalidInput, $"'{text}' is no floor of capacity: a count of hosts or a percentage is needed.") { Target = text };
    }

    /// <summary>One host, where there are more; none for an application of one host, which could never be changed otherwise (G-17).</summary>
    public static int Default(int hosts) => hosts > 1 ? 1 : 0;

    public int For(int hosts) => IsShare ? (int)((((long)hosts * Number) + 99) / 100) : Number;

    public override string ToString() => IsShare ? $"{Number}%" : Number.ToString(CultureInfo.InvariantCulture);
}
