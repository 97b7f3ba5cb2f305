using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// Which members of a roster are asked for. A session withdraws itself, so one that is lost together with its owner, before it was written, would be shown for
/// ever: nobody knows of it any more but the channels it was on.
/// </summary>
/// <remarks>
/// Members whose session has another owner now are in doubt until they announce themselves, and asked for when their connections have had time to. All others
/// take turns: whatever else goes wrong is put right within the hour.
/// </remarks>
/// <param name="patience">How long those in doubt have to announce themselves, milliseconds.</param>
public sealed class RosterAudit(long patience)
{
    /// <summary>Members asked for at once: each question may be a read of the store.</summary>
    public const int AtOnce = 16;

    /// <summary>After so many turns everybody has been asked for.</summary>
    public const int Turns = 60;

    /// <summary>Between two lots of those in doubt, milliseconds.</summary>
    public const long Pause = 1_000;

    private readonly HashSet<SessionId> _doubted = [];
    private readonly Queue<SessionId> _round = new();

    /// <summary>When those in doubt are to be asked for; null when there are none.</summary>
    public long? Due { get; private set; }

    /// <summary>The owner of these has changed.</summary>
    public void Doubt(IEnumerable<SessionId> members, long now)
    {
        var before = _doubted.Count;
        _doubted.UnionWith(members);
        if (_doubted.Count > before)
        {
            Due = now + patience;
        }
    }

    /// <summary>It has spoken for itself.</summary>
    public void Heard(SessionId session)
    {
        if (_doubted.Remove(session) && _doubted.Count == 0)
        {
            Due = null;
        }
    }

    /// <summary>The next of those in doubt, if it is time to ask for them.</summary>
    public IReadOnlyList<SessionId> TakeDoubted(long now)
    {
        if (Due is not { } due || now < due)
        {
            return [];
        }

        List<SessionId> taken = [.. _doubted.Take(AtOnce)];
        _doubted.ExceptWith(taken);
        Due = _doubted.Count > 0 ? now + Pause : null;
        return taken;
    }

    /// <summary>Whose turn it is.</summary>
    public IReadOnlyList<SessionId> TakeTurn(PresenceRoster roster)
    {
        if (_round.Count == 0)
        {
            foreach (var session in roster.Sessions)
            {
                _round.Enqueue(session);
            }
        }

        var taken = new List<SessionId>();
        var most = Math.Max(AtOnce, (roster.Count + Turns - 1) / Turns);
        while (taken.Count < most && _round.TryDequeue(out var session))
        {
            if (roster.Has(session))
            {
                taken.Add(session);
            }
        }

        return taken;
    }
}
