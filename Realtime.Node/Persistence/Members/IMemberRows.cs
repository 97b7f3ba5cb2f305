using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Members;

/// <summary>
/// The rows of all processes on a shared store, and this one's own, which is renewed from the opening of the store to its end. All tasks fail when the
/// database does not answer; whoever asked asks again.
/// </summary>
public interface IMemberRows
{
    /// <summary>This process.</summary>
    Incarnation Self { get; }

    /// <summary>Where clients reached processes that had ended in the last hours when this one came; those that end later are in pictures before.</summary>
    IReadOnlyList<string> EndedUrls { get; }

    /// <summary>The last one; null before the first renewal.</summary>
    MemberPicture? Picture { get; }

    /// <summary>With each renewal. Called on a thread that renews nothing meanwhile; handlers must not block.</summary>
    event Action<MemberPicture>? Pictured;

    /// <summary>Whose heartbeats this process misses, as its row says from the next renewal on.</summary>
    IReadOnlyList<Incarnation> Unreachable { get; set; }

    /// <summary>Renews four times as often until it is disposed: somebody waits for the next picture.</summary>
    IDisposable Hurry();

    /// <summary>Writes where the actor system listens.</summary>
    Task AnnounceAsync(MemberAddress address);

    /// <summary>Writes that this process is Up in the cluster.</summary>
    Task JoinedAsync();

    /// <summary>
    /// Takes the right to found the cluster, if nobody has founded and no verdict has been written since <paramref name="seen"/>, and no other process was renewed lately that is
    /// in a cluster or about to found one. Those that were not get a verdict with it.
    /// </summary>
    /// <returns>False: another one may have.</returns>
    Task<bool> FoundAsync(MemberPicture seen);

    /// <summary>Writes a verdict against others, if nobody has founded and no verdict has been written since <paramref name="seen"/>, and there is none against this process.</summary>
    /// <returns>False: nothing was written.</returns>
    Task<bool> JudgeAsync(MemberPicture seen, MemberVerdict verdict);

    /// <summary>This process has left: its lease is over and its row ends, whether or not the database answers.</summary>
    Task EndAsync();

    /// <summary>This process is no member any more: its lease is over at once and for good, its row ends, and the node stops.</summary>
    /// <param name="why">For operators, in the middle of a sentence.</param>
    void Resign(string why);
}
