using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;

namespace Realtime.Node.Sessions.Core;

/// <summary>What the parts of one session's machine share: who it is, what it has, and which connection stands for it.</summary>
internal sealed class SessionContext(SessionId id, SessionPolicy policy, NodeId self, ShardFence? fence)
{
    public SessionId Id => id;

    public SessionPolicy Policy => policy;

    /// <summary>The node that owns it.</summary>
    public NodeId Self => self;

    /// <summary>The right to write; its epoch stands in front of every attachment given out under it.</summary>
    public ShardFence? Fence => fence;

    public long Epoch => fence?.Epoch ?? 0;

    public SubscriptionSet Subscriptions { get; } = new(id);

    public WriteBehind Row { get; } = new(policy);

    public SessionState? State { get; set; }

    /// <summary>Null before anything has happened to it.</summary>
    public SessionChronicle? History { get; private set; }

    public SessionIdentity? Identity { get; set; }

    public UserId? User => Identity?.User;

    public SessionHolder? Holder { get; set; }

    public AttachNumber Attachment { get; set; }

    /// <summary>The client's own count of its hellos, of the newest attachment; null when it keeps none or this owner has not heard of it.</summary>
    public long? Attempt { get; set; }

    /// <summary>The connection of the newest attachment said itself that it is gone: a late <see cref="SessionRequest.Hold"/> of it must not bring it back.</summary>
    public bool IsReleased { get; set; }

    /// <summary>It was released because an operator took its connection away, which may not have heard of it.</summary>
    public bool IsDismissed { get; set; }

    /// <summary>Milliseconds since 1970; null while it is attached or may come back within its grace time.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>When the grace time is over, milliseconds since 1970; null when none runs.</summary>
    public long? GraceEnds { get; private set; }

    public bool Exists { get; set; }

    /// <summary>Channels do not know of this session's presence, or have been told that it left.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>The client said bye: the row is to be deleted, and whoever waits for that is answered then.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Takes over what the store or a predecessor has of it. Nobody stands for it yet, and channels may not know it.</summary>
    public void Load(SessionRecord record, long revision, long? expiresAt)
    {
        Exists = true;
        IsWithdrawn = true;
        Row.Load(revision);
        ExpiresAt = expiresAt;
        Attachment = new AttachNumber(record.Attach);
        Identity = SessionRecords.IdentityOf(record);
        Subscriptions.Load(record.Subscriptions.Select(SessionRecords.FromRecord));
        if (record.State.Count > 0)
        {
            State = new SessionState(policy);
            State.Load(record);
        }
    }

    public void StartGrace(TimeSpan after, long now, List<SessionEffect> effects)
    {
        GraceEnds = now + (long)after.TotalMilliseconds;
        effects.Add(new SessionEffect.StartTimer(SessionTimer.Grace, after));
    }

    public void StopGrace(List<SessionEffect> effects)
    {
        GraceEnds = null;
        effects.Add(new SessionEffect.StopTimer(SessionTimer.Grace));
    }

    public void GraceIsOver() => GraceEnds = null;

    /// <summary>Makes its presence known where it is not.</summary>
    public void Appear(List<SessionEffect> effects)
    {
        if (IsWithdrawn)
        {
            IsWithdrawn = false;
            Subscriptions.AnnounceAll(User, effects);
        }
    }

    /// <param name="now">Milliseconds since 1970.</param>
    public void Note(SessionChange what, long now, NodeId? node, string? why = null) => (History ??= new SessionChronicle()).Add(what, now, node, why);

    /// <summary>Goes on with the history of a predecessor.</summary>
    public void Remember(IEnumerable<SessionOccurrence> history, long? since)
    {
        History ??= new SessionChronicle();
        foreach (var (what, at, node, why) in history)
        {
            History.Put(what, at, node, why);
        }

        History.Since = since;
    }

    public void Touch(bool changed)
    {
        if (changed)
        {
            Row.Touch();
        }
    }

    public static void Answer(ReplyTo to, EntityReply reply, List<SessionEffect> effects)
    {
        if (!to.IsNobody)
        {
            effects.Add(new SessionEffect.Reply(to, reply));
        }
    }
}
