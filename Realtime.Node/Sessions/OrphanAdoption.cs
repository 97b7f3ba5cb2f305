using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions;

/// <summary>
/// Sessions that were attached when their owner went down get their grace time: without this nobody who does not come back would ever
/// leave a channel, and their rows would stay for ever. Sessions that were handed off, or whose connection was faster, ignore it.
/// </summary>
internal sealed class OrphanAdoption(ISessionStore store, ICluster cluster, TimeProvider time, SessionLogging log)
{
    /// <summary>Sessions asked at once: each may be a read of the store, and those who come back read too.</summary>
    public const int Page = 256;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Looks through the sessions of these shards, and does not give up before all have heard of it or it is cancelled.</summary>
    /// <param name="shards">Null: all there are.</param>
    public async Task AdoptAsync(IReadOnlyCollection<ShardId>? shards, CancellationToken cancellation)
    {
        var wanted = shards?.ToHashSet();
        var late = new List<SessionId>();
        var after = default(SessionId);
        IReadOnlyList<SessionId> page;
        do
        {
            page = await NextAsync(shards, after, cancellation).ConfigureAwait(false);
            if (page.Count > 0)
            {
                after = page[^1];

                // Rows from before the store was clustered know no shard, so the page may hold some of other owners.
                late.AddRange(await TellAsync([.. page.Where(session => IsIn(wanted, session))], cancellation).ConfigureAwait(false));
            }
        }
        while (page.Count == Page);

        for (var pause = FirstPause; late.Count > 0; pause = Longer(pause))
        {
            log.OrphansUnanswered(late.Count, (int)pause.TotalSeconds);
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            var again = late.Chunk(Page).ToList();
            late.Clear();
            foreach (var part in again)
            {
                late.AddRange(await TellAsync(part, cancellation).ConfigureAwait(false));
            }
        }
    }

    private bool IsIn(HashSet<ShardId>? wanted, SessionId session) =>
        wanted is null || wanted.Contains(cluster.View.ShardOf(EntityAddress.Of(session)));

    private async Task<IReadOnlyList<SessionId>> NextAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await store.AttachedAsync(shards, after, Page, cancellation).ConfigureAwait(false);
            }
            catch (StoreUnavailableException failure)
            {
                log.OrphanPageFailed(failure, (int)pause.TotalSeconds);
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <returns>Who did not answer.</returns>
    private async Task<IReadOnlyList<SessionId>> TellAsync(SessionId[] sessions, CancellationToken cancellation)
    {
        if (sessions.Length == 0)
        {
            return [];
        }

        var round = new OrphanRound(sessions);
        round.Ask(cluster);
        await round.WaitAsync(AnswerTimeout, time, cancellation).ConfigureAwait(false);
        return round.Unanswered();
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
