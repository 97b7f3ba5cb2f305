using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// The process that has a name, as another one that wants it watches its row. By the database's clock the row of a dead one looks young for as long as that clock went back; seen by the one that
/// waits it stands still.
/// </summary>
/// <param name="Address">Where it listens, in words.</param>
/// <param name="Since">When its row was first seen as it is.</param>
/// <param name="Seen">When it was last looked at.</param>
internal sealed record NameHolder(string Address, long Incarnation, long Beat, long Since, long Seen)
{
    /// <summary>From one look to the next. Longer is an interruption, in which nobody may have been able to renew.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(5);

    /// <param name="before">As the look before found it.</param>
    /// <param name="now">When this look began.</param>
    public NameHolder After(NameHolder? before, long now, TimeProvider time)
    {
        var isSame = before is not null && before.Incarnation == Incarnation && before.Beat == Beat && time.GetElapsedTime(before.Seen, now) <= Gap;
        return this with { Since = isSame ? before!.Since : now, Seen = now };
    }

    public bool IsWatchedStill(long now, TimeProvider time) => time.GetElapsedTime(Since, now) >= MemberTimes.Still;
}
