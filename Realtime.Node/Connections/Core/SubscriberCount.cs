namespace Realtime.Node.Connections.Core;

/// <summary>
/// How many subscribers a feed has, and how many of them read from the log because they do not stand at its head. Changed on the feed's turn, when one comes, goes,
/// falls behind or catches up; whoever reads it from another thread sees numbers that may be a moment old, and never half of one.
/// </summary>
public sealed class SubscriberCount
{
    public int Total { get; private set; }

    public int Behind { get; private set; }

    public void Add(int subscribers) => Total += subscribers;

    public void AddBehind(int subscribers) => Behind += subscribers;
}
