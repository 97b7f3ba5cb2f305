namespace Realtime.Pbm.Tails;

/// <summary>Something that is read from a cursor on.</summary>
internal abstract class TailSource(string name)
{
    /// <summary>As people know it.</summary>
    public string Name => name;

    /// <summary>What came since the last read; the first one gives the newest that were asked for.</summary>
    public abstract Task<TailBatch> ReadAsync(CancellationToken stop);

    /// <summary>
    /// It did not answer for a while, and may be another process now with numbers of its own: the next read must not trust the cursor.
    /// </summary>
    public abstract void Distrust();
}
