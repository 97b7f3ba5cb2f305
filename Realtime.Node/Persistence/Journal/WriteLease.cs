namespace Realtime.Node.Persistence.Journal;

/// <summary>Room for one write in a <see cref="WriteGate"/>. Given back once, however often it is disposed.</summary>
public sealed class WriteLease : IDisposable
{
    private readonly int _bytes;
    private WriteGate? _gate;

    internal WriteLease(WriteGate gate, int bytes) => (_gate, _bytes) = (gate, bytes);

    public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release(_bytes);
}
