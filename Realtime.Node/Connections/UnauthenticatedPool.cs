namespace Realtime.Node.Connections;

/// <summary>
/// What all sockets share that have not been welcomed: so many at a time, and so many bytes that they have sent. Welcomed clients are not in it, and not affected by a crowd that says nothing.
/// </summary>
internal sealed class UnauthenticatedPool(int sockets, long bytes)
{
    private int _sockets;
    private long _bytes;

    public int Sockets => Volatile.Read(ref _sockets);

    public long Bytes => Interlocked.Read(ref _bytes);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _sockets) <= sockets)
        {
            return true;
        }

        Interlocked.Decrement(ref _sockets);
        return false;
    }

    /// <returns>Whether there is room for them; they are held in any case, until <see cref="Leave"/>.</returns>
    public bool TryHold(int more) => Interlocked.Add(ref _bytes, more) <= bytes;

    /// <param name="held">Bytes that it holds.</param>
    public void Leave(long held)
    {
        Interlocked.Decrement(ref _sockets);
        Interlocked.Add(ref _bytes, -held);
    }
}
