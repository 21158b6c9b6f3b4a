using System.Buffers;

namespace Cumulus.Engine.Aws;

/// <summary>Consecutive bytes of an object.</summary>
internal readonly record struct ByteStretch(long Offset, long Length)
{
    public long End => Offset + Length;
}

/// <summary>Reads stretches of one object side by side and hands their bytes on in their order. Memory does not grow with the object.</summary>
internal static class RangeReader
{
    /// <summary>A longer stretch is read by several requests.</summary>
    public const int Piece = 2 << 20;

    private const int Parallel = 16;
    private const long Budget = 16L << 20;

    /// <param name="take">Gets one piece after the other.</param>
    /// <returns>At the first piece that was not read, why.</returns>
    /// <exception cref="CumulusException">As <see cref="IObjectStore"/>.</exception>
    public static async Task<ReadOutcome> ReadAsync(
        IObjectStore store, StoredObject source, IEnumerable<ByteStretch> stretches, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Request>();
        long held = 0;
        try
        {
            foreach (ByteStretch piece in stretches.SelectMany(Pieces))
            {
                while (running.Count == Parallel || (running.Count > 0 && held + piece.Length > Budget))
                {
                    if (await FirstAsync() is var outcome and not ReadOutcome.Read) return outcome;
                }

                byte[] buffer = ArrayPool<byte>.Shared.Rent((int)piece.Length);
                Memory<byte> target = buffer.AsMemory(0, (int)piece.Length);
                running.Enqueue(new Request(store.ReadAsync(source, piece.Offset, target, stop.Token), buffer, target));
                held += piece.Length;
            }

            while (running.Count > 0)
            {
                if (await FirstAsync() is var outcome and not ReadOutcome.Read) return outcome;
            }

            return ReadOutcome.Read;
        }
        finally
        {
            // Nobody may write to a buffer that was given back. Why the others end is no news: the first failure is on its way.
            await stop.CancelAsync();
            foreach (Request request in running)
            {
                await ((Task)request.Reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ArrayPool<byte>.Shared.Return(request.Buffer);
            }
        }

        async Task<ReadOutcome> FirstAsync()
        {
            ReadOutcome outcome = await running.Peek().Reading;
            if (outcome != ReadOutcome.Read) return outcome;
            Request done = running.Peek();
            await take(done.Target);
            running.Dequeue();
            held -= done.Target.Length;
            ArrayPool<byte>.Shared.Return(done.Buffer);
            return outcome;
        }
    }

    private static IEnumerable<ByteStretch> Pieces(ByteStretch stretch)
    {
        for (long at = stretch.Offset; at < stretch.End; at += Piece) yield return new ByteStretch(at, Math.Min(Piece, stretch.End - at));
    }

    private sealed record Request(Task<ReadOutcome> Reading, byte[] Buffer, Memory<byte> Target);
}
