namespace Realtime.Node.Feeds.Core;

/// <summary>How many subscribers a feed has, and how many of them read from the log because they do not stand at its head.</summary>
internal sealed class SubscriberCount
{
    public int Total { get; private set; }

    public int Behind { get; private set; }

    public void Add(int subscribers) => Total += subscribers;

    public void AddBehind(int subscribers) => Behind += subscribers;
}
