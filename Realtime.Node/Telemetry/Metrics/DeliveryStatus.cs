namespace Realtime.Node.Telemetry.Metrics;

/// <summary>How one delivery of an outbox stands, as its worker said last.</summary>
public sealed class DeliveryStatus
{
    private const long None = -1;
    private int _waiting;
    private long _oldest = None;

    public int Waiting => Volatile.Read(ref _waiting);

    public long Lag(long now) => Interlocked.Read(ref _oldest) is var oldest && oldest != None ? Math.Max(0, now - oldest) : 0;

    /// <param name="oldest">When the oldest that waits happened, milliseconds since 1970; null: none waits.</param>
    public void Set(int waiting, long? oldest)
    {
        Volatile.Write(ref _waiting, waiting);
        Interlocked.Exchange(ref _oldest, oldest ?? None);
    }

    /// <summary>Another node's worker goes on.</summary>
    public void Stop() => Set(0, null);
}
