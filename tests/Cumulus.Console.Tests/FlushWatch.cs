namespace Cumulus.Console.Tests;

/// <summary>An output that tells when a word was written and sent on.</summary>
public sealed class FlushWatch(string word) : StringWriter
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public override void Flush()
    {
        if (ToString().Contains(word, StringComparison.Ordinal))
        {
            _seen.TrySetResult();
        }
    }
}
