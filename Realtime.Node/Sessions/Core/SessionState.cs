using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Persisted;
using Realtime.Messages.Positions;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// The key/value state of a session. A change counts only once its row is committed: until then it is staged, so that a refused write
/// leaves what was there before, and its asker waits.
/// </summary>
internal sealed class SessionState(SessionPolicy policy)
{
    private readonly SortedList<string, Payload> _committed = new(StringComparer.Ordinal);
    private List<Change> _staged = [];
    private List<Change> _underWay = [];

    public bool HasStaged => _staged.Count > 0;

    public IReadOnlyList<KeyValuePair<string, Payload>> Committed => [.. _committed];

    public void Load(SessionRecord record)
    {
        foreach (var (key, value) in record.State)
        {
            _committed[key] = SessionRecords.FromRecord(value);
        }
    }

    /// <returns>Null when staged; otherwise why not.</returns>
    public EntityReply.Refused? Stage(SessionRequest.SetState request, ReplyTo from)
    {
        var after = new SortedList<string, Payload>(_committed, StringComparer.Ordinal);
        Apply(after, _underWay);
        Apply(after, _staged);
        var change = new Change(request, from);
        Apply(after, [change]);
        if (after.Count > policy.StateKeys)
        {
            return new EntityReply.Refused(ErrorCode.TooMany, $"session state holds at most {policy.StateKeys} keys");
        }

        if (after.Sum(pair => pair.Key.Length + pair.Value.Length) > policy.StateBytes)
        {
            return new EntityReply.Refused(ErrorCode.TooLarge, $"session state holds at most {policy.StateBytes} bytes");
        }

        _staged.Add(change);
        return null;
    }

    /// <summary>Puts the state as it will be into the row; what was staged is under way from now on.</summary>
    public void WriteTo(SessionRecord record)
    {
        (_underWay, _staged) = (_staged, _underWay);
        var after = new SortedList<string, Payload>(_committed, StringComparer.Ordinal);
        Apply(after, _underWay);
        Put(after, record);
    }

    /// <summary>Puts what counts into the record, while nothing is staged or under way.</summary>
    public void ExportTo(SessionRecord record) => Put(_committed, record);

    public void Commit(List<SessionEffect> effects)
    {
        Apply(_committed, _underWay);
        Answer(_underWay, new SessionReply.Done(), effects);
    }

    public void Refuse(EntityReply.Refused refusal, List<SessionEffect> effects) => Answer(_underWay, refusal, effects);

    /// <summary>The session moves: what was never written is written and answered by its successor.</summary>
    public void HandOver(List<SessionEffect> effects)
    {
        foreach (var change in _staged)
        {
            effects.Add(new SessionEffect.HandOver(change.Request, change.From));
        }

        _staged.Clear();
    }

    /// <summary>The session stops: what was never written gets its answer too.</summary>
    public void RefuseStaged(EntityReply.Refused refusal, List<SessionEffect> effects) => Answer(_staged, refusal, effects);

    private static void Answer(List<Change> changes, EntityReply reply, List<SessionEffect> effects)
    {
        foreach (var change in changes)
        {
            SessionContext.Answer(change.From, reply, effects);
        }

        changes.Clear();
    }

    private static void Put(SortedList<string, Payload> state, SessionRecord record)
    {
        foreach (var (key, value) in state)
        {
            record.State.Add(key, SessionRecords.ToRecord(value));
        }
    }

    private static void Apply(SortedList<string, Payload> state, List<Change> changes)
    {
        foreach (var change in changes)
        {
            if (change.Request.Value is { } value)
            {
                state[change.Request.Key] = value;
            }
            else
            {
                state.Remove(change.Request.Key);
            }
        }
    }

    private readonly record struct Change(SessionRequest.SetState Request, ReplyTo From);
}
