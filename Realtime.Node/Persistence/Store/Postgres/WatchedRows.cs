using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Rows of processes that keep another one from starting, as that one watches them. By the database's clock the row of a dead one looks young for as long as that clock went back; seen by the one
/// that waits it stands still.
/// </summary>
/// <param name="Who">In words.</param>
/// <param name="Beats">How often each was renewed, by its incarnation.</param>
/// <param name="Since">When they were first seen as they are.</param>
/// <param name="Seen">When they were last looked at.</param>
internal sealed record WatchedRows(string Who, IReadOnlyDictionary<long, long> Beats, long Since, long Seen)
{
    /// <summary>From one look to the next. Longer is an interruption, in which nobody may have been able to renew.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(5);

    public WatchedRows(string who, IEnumerable<KeyValuePair<long, long>> beats)
        : this(who, new Dictionary<long, long>(beats), default, default)
    {
    }

    /// <param name="before">As the look before found them.</param>
    /// <param name="now">When this look began.</param>
    public WatchedRows After(WatchedRows? before, long now, TimeProvider time)
    {
        var isSame = before is not null && !HasRenewed(before) && time.GetElapsedTime(before.Seen, now) <= Gap;
        return this with { Since = isSame ? before!.Since : now, Seen = now };
    }

    /// <summary>At least one of them is alive. Those that have ended are not there any more.</summary>
    public bool HasRenewed(WatchedRows before) => Beats.Any(row => !before.Beats.TryGetValue(row.Key, out var beat) || beat != row.Value);

    public bool IsWatchedStill(long now, TimeProvider time) => time.GetElapsedTime(Since, now) >= MemberTimes.Still;
}
