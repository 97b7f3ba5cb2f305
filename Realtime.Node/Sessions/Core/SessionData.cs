using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>What a session has: who it is, what it is subscribed to, its state, the newest attachment, and what happened to it.</summary>
internal sealed class SessionData(SessionPolicy policy)
{
    public SubscriptionSet Subscriptions { get; } = new();

    /// <summary>Null while it has none.</summary>
    public KeyValueState? State { get; private set; }

    public SessionIdentity? Identity { get; set; }

    public UserId? User => Identity?.User;

    /// <summary>The newest given out; it stays when the connection goes.</summary>
    public Attachment Attachment { get; set; }

    /// <summary>When the newest record says that the session was in use, milliseconds since 1970; 0: nothing is written.</summary>
    public long TouchedAt { get; private set; }

    /// <summary>Its grace time is over and no connection has held it since: channels do not show it.</summary>
    public bool IsParked { get; set; }

    public SessionChronicle? History { get; private set; }

    public bool HasStaged => State?.HasStaged ?? false;

    public void Load(SessionRecord record)
    {
        Identity = SessionRecords.IdentityOf(record);
        Attachment = new Attachment(record.Attempt, record.Ordinal);
        IsParked = record.Parked;
        Subscriptions.Load(record.Subscriptions.Select(SessionRecords.FromRecord));
        LoadCommitted(record);
    }

    /// <summary>Takes over what only the log decides, and leaves the rest as it is in memory.</summary>
    public void LoadCommitted(SessionRecord record)
    {
        TouchedAt = record.Touched;
        if (record.State.Count > 0 || State is not null)
        {
            EnsureState().Load(record);
        }
    }

    public KeyValueState EnsureState() => State ??= new KeyValueState(policy);

    /// <summary>As it is now, with what is staged.</summary>
    public SessionRecord ToRecord(long now)
    {
        var record = new SessionRecord { Attempt = Attachment.Attempt, Ordinal = Attachment.Ordinal, Touched = now, Parked = IsParked };
        SessionRecords.Put(record, Identity);
        record.Subscriptions.AddRange(Subscriptions.Items.Select(SessionRecords.ToRecord));
        State?.WriteTo(record);
        return record;
    }

    public void Commit(long touchedAt, List<SessionEffect> effects)
    {
        TouchedAt = touchedAt;
        State?.Commit(effects);
    }

    /// <summary>
    /// The attachment of another connection: the client's own count first, then the time, so that it is newer than any that an earlier
    /// owner
    /// gave out and did not write down.
    /// </summary>
    /// <param name="attempt">Null: the client does not count.</param>
    public Attachment NextAttachment(long? attempt, long now) =>
        new(Math.Max(Attachment.Attempt, attempt ?? 0), Math.Max(Attachment.Ordinal + 1, now));

    public SessionReply.Attached Attached(long tag) => new(tag, Attachment, Identity)
    {
        Subscriptions = Subscriptions.Items,
        State = State?.Committed ?? [],
    };

    public void Note(SessionChange what, long now, NodeId? node, string? why = null) =>
        (History ??= new SessionChronicle()).Add(what, now, node, why);
}
