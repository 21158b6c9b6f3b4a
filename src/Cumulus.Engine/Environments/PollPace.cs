namespace Cumulus.Engine.Environments;

/// <summary>
/// How long to pause between two looks: short at first, then slower; much slower while looks fail, since the commonest failure is
/// that too many ask.
/// </summary>
public sealed class PollPace
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Troubled = TimeSpan.FromSeconds(30);

    private TimeSpan _pause = First;

    public TimeSpan AfterSuccess()
    {
        TimeSpan pause = _pause < Steady ? _pause : Steady;
        _pause = Least(pause * 1.5, Steady);
        return pause;
    }

    public TimeSpan AfterFailure()
    {
        _pause = Least(_pause * 2, Troubled);
        return _pause;
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
