using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// The key/value state of a session. A change counts only once its record is committed: until then it is staged, so that a failed write
/// leaves what was there before, and its request waits.
/// </summary>
internal sealed class KeyValueState(SessionPolicy policy)
{
    private readonly SortedList<string, Payload> _committed = new(StringComparer.Ordinal);
    private List<Change> _staged = [];
    private List<Change> _underWay = [];

    public bool HasStaged => _staged.Count > 0;

    public IReadOnlyList<KeyValuePair<string, Payload>> Committed => [.. _committed];

    /// <summary>Replaces what counts; what is staged stays.</summary>
    public void Load(SessionRecord record)
    {
        _committed.Clear();
        foreach (var (key, value) in record.State)
        {
            _committed[key] = SessionRecords.FromRecord(value);
        }
    }

    /// <returns>Null when staged; otherwise why not.</returns>
    public SessionReply.Refused? Stage(SessionRequest.SetState request, IActorRef from)
    {
        var change = new Change(request, from);
        var after = After(_underWay, _staged, [change]);
        if (after.Count > policy.StateKeys)
        {
            return new SessionReply.Refused(request.Tag, ErrorCode.TooMany, $"session state holds at most {policy.StateKeys} keys");
        }

        if (after.Sum(pair => pair.Key.Length + pair.Value.Length) > policy.StateBytes)
        {
            return new SessionReply.Refused(request.Tag, ErrorCode.TooLarge, $"session state holds at most {policy.StateBytes} bytes");
        }

        _staged.Add(change);
        return null;
    }

    /// <summary>Puts the state as it will be into the record; what was staged is under way from now on.</summary>
    public void WriteTo(SessionRecord record)
    {
        (_underWay, _staged) = (_staged, _underWay);
        foreach (var (key, value) in After(_underWay))
        {
            record.State.Add(key, SessionRecords.ToRecord(value));
        }
    }

    public void Commit(List<SessionEffect> effects)
    {
        Apply(_committed, _underWay);
        foreach (var (request, from) in _underWay)
        {
            effects.Add(new SessionEffect.Reply(from, new SessionReply.Done(request.Tag)));
        }

        _underWay.Clear();
    }

    public void RefuseUnderWay(SessionReply.Refused refusal, List<SessionEffect> effects) => Refuse(_underWay, refusal, effects);

    public void RefuseStaged(SessionReply.Refused refusal, List<SessionEffect> effects) => Refuse(_staged, refusal, effects);

    private static void Refuse(List<Change> changes, SessionReply.Refused refusal, List<SessionEffect> effects)
    {
        foreach (var (request, from) in changes)
        {
            effects.Add(new SessionEffect.Reply(from, refusal with { Tag = request.Tag }));
        }

        changes.Clear();
    }

    private SortedList<string, Payload> After(params ReadOnlySpan<List<Change>> changes)
    {
        var after = new SortedList<string, Payload>(_committed, StringComparer.Ordinal);
        foreach (var list in changes)
        {
            Apply(after, list);
        }

        return after;
    }

    private static void Apply(SortedList<string, Payload> state, List<Change> changes)
    {
        foreach (var (request, _) in changes)
        {
            if (request.Value is { } value)
            {
                state[request.Key] = value;
            }
            else
            {
                state.Remove(request.Key);
            }
        }
    }

    private readonly record struct Change(SessionRequest.SetState Request, IActorRef From);
}
