using System.Globalization;
using Cumulus.Engine;
using Cumulus.Engine.Configuration;

namespace Cumulus.LocalCloud.Faults;

/// <summary>All faults that are set, and how often each was met and has happened.</summary>
internal sealed class FaultSchedule
{
    private readonly object _gate = new();
    private readonly List<Entry> _entries = [];
    private int _lastNumber;
    private long _fired;

    public IReadOnlyList<LocalCloudFault> All
    {
        get
        {
            lock (_gate)
                return [.. _entries.Select(entry => entry.Describe())];
        }
    }

    /// <summary>How many have happened, of faults that were removed as well.</summary>
    public long Fired => Interlocked.Read(ref _fired);

    /// <returns>The fault with its id.</returns>
    /// <exception cref="CumulusException"><c>LocalCloudFaultInvalid</c></exception>
    public LocalCloudFault Set(LocalCloudFault fault)
    {
        if (fault.Mistake() is { } mistake)
            throw Invalid(mistake);
        lock (_gate)
        {
            var id = string.IsNullOrEmpty(fault.Id) ? NewId() : fault.Id;
            var entry = new Entry(fault with { Id = id, Met = 0, Fired = 0 });
            var at = _entries.FindIndex(other => IsSame(other.Fault.Id!, id));
            if (at < 0)
                _entries.Add(entry);
            else
                _entries[at] = entry;
            return entry.Describe();
        }
    }

    /// <param name="pattern">Ids; wildcards are fine.</param>
    /// <returns>What is no longer set.</returns>
    public IReadOnlyList<LocalCloudFault> Remove(string pattern)
    {
        lock (_gate)
        {
            var gone = _entries.Where(entry => NamePattern.Matches(pattern, entry.Fault.Id!)).ToList();
            _entries.RemoveAll(gone.Contains);
            return [.. gone.Select(entry => entry.Describe())];
        }
    }

    /// <summary>The fault that happens now. Everything that fits before it is counted as met.</summary>
    /// <returns>Null when all goes well.</returns>
    public T? Next<T>(Func<T, bool> fits)
        where T : LocalCloudFault
    {
        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                if (entry.Fault is not T fault || !fits(fault) || !entry.Meet())
                    continue;
                Interlocked.Increment(ref _fired);
                return fault;
            }
            return null;
        }
    }

    /// <summary>The fault that holds for a thing. The thing meets each fault once; what is decided then holds as long as the fault is set.</summary>
    /// <param name="id">Of the thing.</param>
    public T? HoldingFor<T>(string id, Func<T, bool> fits)
        where T : LocalCloudFault
    {
        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                if (entry.Fault is not T fault || !fits(fault))
                    continue;
                if (!entry.Decided.TryGetValue(id, out var happens))
                {
                    happens = entry.Decided[id] = entry.Meet();
                    if (happens)
                        Interlocked.Increment(ref _fired);
                }
                if (happens)
                    return fault;
            }
            return null;
        }
    }

    /// <summary>Whether a name is among those that a fault names.</summary>
    public static bool Fits(string? pattern, string name) => pattern is null || NamePattern.Matches(pattern, name);

    public static CumulusException Invalid(string mistake) => new(ErrorIds.LocalCloudFaultInvalid, FailureKind.InvalidInput, $"This is no fault that can be set: {mistake}")
    {
        Advice = "See Get-Help Set-LocalCloudFault.",
    };

    private string NewId()
    {
        string id;
        do
            id = string.Create(CultureInfo.InvariantCulture, $"fault-{++_lastNumber}");
        while (_entries.Any(entry => IsSame(entry.Fault.Id!, id)));
        return id;
    }

    private static bool IsSame(string id, string other) => string.Equals(id, other, StringComparison.OrdinalIgnoreCase);

    private sealed class Entry(LocalCloudFault fault)
    {
        private readonly Random _random = new(fault.Seed);
        private int _met;
        private int _fired;

        public LocalCloudFault Fault => fault;

        /// <summary>Whether it happens to the things that have met it once and for all, by id.</summary>
        public Dictionary<string, bool> Decided { get; } = [];

        public LocalCloudFault Describe() => fault with { Met = _met, Fired = _fired };

        /// <summary>Whether it happens this time.</summary>
        public bool Meet()
        {
            _met++;
            if (_met <= fault.After || _fired >= fault.Times)
                return false;
            if (fault.Probability is { } probability && _random.NextDouble() >= probability)
                return false;
            _fired++;
            return true;
        }
    }
}
