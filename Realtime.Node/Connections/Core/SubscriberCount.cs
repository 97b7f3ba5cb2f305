namespace Realtime.Node.Connections.Core;

/// <summary>
/// How many subscribers a feed has, and how many of them read from the log because they do not stand at its head. Changed on the feed's turn, when one comes, goes,
/// falls behind or catches up; read from any thread.
/// </summary>
public sealed class SubscriberCount
{
    private int _total;
    private int _behind;

    public int Total => Volatile.Read(ref _total);

    public int Behind => Volatile.Read(ref _behind);

    public void Add(int subscribers) => Volatile.Write(ref _total, _total + subscribers);

    public void AddBehind(int subscribers) => Volatile.Write(ref _behind, _behind + subscribers);
}
