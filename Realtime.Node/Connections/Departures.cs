using System.Collections.Concurrent;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;

namespace Realtime.Node.Connections;

/// <summary>
/// Tells sessions that their connection is gone, until they have heard it. A word that was lost with a link or with an owner would leave a
/// session attached to nobody for as long as this node lives.
/// </summary>
/// <param name="now">Monotonic milliseconds.</param>
internal sealed class Departures(ICluster cluster, Func<long> now) : IReplyReceiver
{
    /// <summary>A word without an answer is repeated after this, milliseconds.</summary>
    public const long AnswerTimeout = 5_000;

    /// <summary>
    /// When to give up, milliseconds. An owner that comes later than this does not know the connection, and gives the session its grace time.
    /// </summary>
    public const long Patience = 120_000;

    private readonly ConcurrentDictionary<long, Departure> _open = new();
    private long _lastTag;

    /// <summary>How many sessions have not heard it yet.</summary>
    public int Count => _open.Count;

    public void Leave(EntityAddress session, SessionRequest.Detach word)
    {
        var tag = Interlocked.Increment(ref _lastTag);
        var at = now();
        var departure = new Departure(session, word, at, at);
        _open[tag] = departure;
        Ask(tag, departure);
    }

    /// <summary>Any word of the session itself will do: it has let go, or it never knew or no longer knows this attachment.</summary>
    public void OnReply(long tag, EntityReply reply)
    {
        if (reply is SessionReply)
        {
            _open.TryRemove(tag, out _);
        }
    }

    public void Sweep()
    {
        var at = now();
        foreach (var (tag, departure) in _open)
        {
            if (at - departure.Began >= Patience)
            {
                _open.TryRemove(tag, out _);
            }
            else if (at - departure.Asked >= AnswerTimeout && _open.TryUpdate(tag, departure with { Asked = at }, departure))
            {
                Ask(tag, departure);
            }
        }
    }

    private void Ask(long tag, Departure departure) =>
        cluster.Ask(departure.Session, departure.Word, this, tag);

    private sealed record Departure(EntityAddress Session, SessionRequest.Detach Word, long Began, long Asked);
}
