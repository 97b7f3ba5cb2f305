using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>
/// Wakes channels of this node whose log keeps messages past their age: a channel lets go of them while it is in memory, and one that no client asks for would keep them for ever.
/// </summary>
internal sealed class RetentionSweep(IJournal journal, NamespaceTable namespaces, ICluster cluster, TimeProvider time, ChannelLogging log)
{
    /// <summary>Between the beginnings of two rounds over all logs. With the time of a round it stays within the hour that is promised.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(30);

    /// <summary>One page of logs each time, so that a round is no burst for the store.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private const int PageSize = 1000;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pace, time);
        LogId? next = default(LogId);
        var began = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            if (next is null && time.GetElapsedTime(began) >= Every)
            {
                next = default(LogId);
                began = time.GetTimestamp();
            }

            if (next is { } after && Array.Exists([.. namespaces.All], HasAge))
            {
                try
                {
                    next = await PageAsync(after, cancellation).ConfigureAwait(false);
                }
                catch (StoreUnavailableException failure)
                {
                    log.RetentionWaits(failure);
                }
            }
        }
    }

    /// <returns>Where the next page begins; null after the last one.</returns>
    private async Task<LogId?> PageAsync(LogId after, CancellationToken cancellation)
    {
        var page = await journal.OldestAsync(after, PageSize, cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (_, channel, at) in page)
        {
            var address = EntityAddress.Of(channel);
            if (namespaces.TryFind(channel, out var space) && HasAge(space) && at < now - (long)space.History.Age!.Value.TotalMilliseconds && cluster.Owns(address))
            {
                // Any question brings it to memory, and loading is what it takes.
                cluster.Tell(address, new ChannelRequest.Inspect(Brief: true));
            }
        }

        return page.Count < PageSize ? null : page[^1].Log;
    }

    private static bool HasAge(NamespacePolicy space) => space.Durability is Durability.Journal && space.History.Age is not null;
}
