using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// A channel, as a pure machine: a log with its publishers, its readers, its listeners and who is present. A durable publish is
/// answered and told to listeners only after its commit has been reported by <see cref="ChannelInput.Written"/>.
/// </summary>
public sealed class ChannelMachine
{
    private readonly ChannelLog _log;
    private readonly PresenceRoster _roster;
    private readonly RosterAudit _audit;
    private readonly ChannelListeners _listeners;
    private readonly PublishQueue _publishes;
    private readonly NamespacePolicy _space;
    private long _toldHead;

    public ChannelMachine(ChannelName name, NamespacePolicy space, ChannelPolicy policy)
    {
        _space = space;
        _log = new ChannelLog(space, policy);
        _roster = new PresenceRoster((long)policy.UnclaimedGrace.TotalMilliseconds);
        _audit = new RosterAudit((long)policy.UnclaimedGrace.TotalMilliseconds);
        _listeners = new ChannelListeners(name);
        _publishes = new PublishQueue(space, policy, _log, _listeners);
    }

    public ChannelLog Log => _log;

    public PresenceRoster Roster => _roster;

    /// <summary>Nothing would be lost or missed if this left memory, and nothing is left to delete.</summary>
    public bool CanPassivate =>
        _listeners.IsEmpty && _roster.Count == 0 && !_publishes.HasWritesUnderWay
        && (_space.Durability is Durability.Journal ? _log.Tail == _log.KeptTail : (_log.IsEmpty && !_log.HasProducers));

    /// <summary>Publishes have gathered and none is being appended.</summary>
    public bool HasPublishesAtHand => _publishes.HasPublishesAtHand;

    public bool HasWritesUnderWay => _publishes.HasWritesUnderWay;

    /// <summary>An append is under way, or nobody knows whether it went through.</summary>
    public bool IsAppending => _publishes.IsAppending;

    /// <summary>Something was published since listeners on other nodes were last told where the log ends.</summary>
    public bool HasHeadToTell => _log.Head != _toldHead && _space.KeepsLog && _listeners.HasRemote;

    /// <summary>When members that nobody has announced have to go or to be asked for (milliseconds since 1970); null when there are none.</summary>
    public long? ClaimsDue => _roster.Due is { } gone && _audit.Due is { } asked ? Math.Min(gone, asked) : _roster.Due ?? _audit.Due;

    public IEnumerable<NodeId> Listeners => _listeners.Nodes;

    /// <param name="state">What the owner before this one handed over; null when there was none or it is lost.</param>
    public void Open(OpenLog log, ChannelOwner owner, ChannelState? state, long now, List<ChannelEffect> effects)
    {
        _log.Open(log, owner.Fence);
        if (state?.Log is { } kept && _space.Durability is not Durability.Journal)
        {
            _log.Restore(kept);
        }

        if (state?.Presence is { } presence)
        {
            _roster.Restore(presence, now);
        }
        else if (state is null && _space.Presence)
        {
            _roster.Open(now);
        }

        _listeners.Open(owner.Node, state?.Listeners ?? [], now, effects);
        _toldHead = state is null ? _log.Head : 0;
    }

    /// <summary>What the next owner has to know beyond the store; after <see cref="ChannelInput.Ended"/>.</summary>
    public ChannelState Export(long now)
    {
        var presence = _roster.Export(now);
        var matters = presence.Members.Count + presence.Uncounted + presence.Departed.Count > 0
            || (presence.Revision > 0 && !_listeners.IsEmpty);
        return new ChannelState { Listeners = _listeners.Export(), Presence = matters ? presence : null, Log = _log.Export(!_listeners.IsEmpty) };
    }

    /// <param name="now">Milliseconds since 1970.</param>
    public void Step(ChannelInput input, long now, List<ChannelEffect> effects)
    {
        _log.HideExpired(now);
        switch (input)
        {
            case ChannelInput.Asked asked:
                Answer(asked.Request, asked.From, now, asked.At, effects);
                break;
            case ChannelInput.Written written:
                _publishes.Written(written, now, effects);
                break;
            case ChannelInput.HeadKnown known:
                _publishes.HeadKnown(known.Head, now, effects);
                break;
            case ChannelInput.TurnEnded:
                _publishes.AppendNext(now, effects);
                break;
            case ChannelInput.SliceRead read:
                LogReader.Finish(_log, read.Read, read.Slice, effects);
                break;
            case ChannelInput.TimeFound found:
                Found(found, effects);
                break;
            case ChannelInput.HeadTick when HasHeadToTell:
                _toldHead = _log.Head;
                _listeners.TellHead(_log, effects);
                break;
            case ChannelInput.ClaimTick:
                if (_roster.Expire(now, out var gone))
                {
                    TellPresence(PresenceChange.Left, gone, effects);
                }

                Probe(_audit.TakeDoubted(now), effects);
                break;
            case ChannelInput.OwnersMoved moved:
                _audit.Doubt(_roster.Sessions.Where(session => moved.Change.Concerns(EntityAddress.Of(session))), now);
                break;
            case ChannelInput.NodeGone left:
                _listeners.Drop(left.Node, now, effects);
                break;
            case ChannelInput.Ending:
                _publishes.End();
                break;
            case ChannelInput.Ended:
                _publishes.HandOver(effects);
                break;
            case ChannelInput.AgeTick:
                _log.ForgetProducers(now);
                Probe(_audit.TakeTurn(_roster), effects);
                if (_space.History.Age is { } age && _log.KeptTail <= _log.Head)
                {
                    effects.Add(new ChannelEffect.FindTime(default, null, now - (long)age.TotalMilliseconds));
                }

                break;
            default:
                break;
        }
    }

    private void Answer(ChannelRequest request, ReplyTo from, long now, long? at, List<ChannelEffect> effects)
    {
        switch (request)
        {
            case ChannelRequest.Publish publish:
                _publishes.Publish(publish, from, now, at, effects);
                break;
            case ChannelRequest.Locate locate:
                LogReader.Locate(_log, locate, from, now, effects);
                break;
            case ChannelRequest.Read read:
                LogReader.Read(_log, read, from, effects);
                break;
            case ChannelRequest.ReadHistory history:
                LogReader.History(_log, history, from, now, effects);
                break;
            case ChannelRequest.Listen listen:
                Adopt(listen, now, effects);
                _listeners.Add(listen.Node, listen.Generation, now, effects);
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Listening(
                    listen.Generation, _log.HeadPosition, _space.Presence ? _roster.Snapshot(_space.RosterLimit) : null)));
                break;
            case ChannelRequest.Unlisten unlisten:
                _listeners.Remove(unlisten.Node, unlisten.Generation, effects);
                Note(from, effects);
                break;
            case ChannelRequest.Announce announce:
                var member = new Member(announce.Session, announce.User, announce.Data);
                _audit.Heard(announce.Session);
                if (_roster.Announce(member) is { } change)
                {
                    TellPresence(change, [member], effects);
                }

                Note(from, effects);
                break;
            case ChannelRequest.Withdraw withdraw:
                _audit.Heard(withdraw.Session);
                if (_roster.Withdraw(withdraw.Session, now, out var gone))
                {
                    TellPresence(PresenceChange.Left, gone is null ? [] : [gone], effects);
                }

                Note(from, effects);
                break;
            case ChannelRequest.WhoIsHere:
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Present(_roster.Snapshot(_space.RosterLimit))));
                break;
            case ChannelRequest.Inspect inspect:
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Inspected(Account(inspect.Brief, now))));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "is not for channels");
        }
    }

    private ChannelAccount Account(bool brief, long now) => new(
        _space.Durability.ToString().ToLowerInvariant(),
        _space.KeepsLog ? _log.HeadPosition : null,
        _space.KeepsLog ? new StreamPosition(_log.Epoch, _log.Tail - 1) : null,
        _publishes.Count,
        [.. _listeners.Nodes],
        _publishes.Rate.PerSecond(now))
    {
        MemberCount = _space.Presence ? _roster.Count : null,
        Members = brief
            ? []
            : [.. _roster.Members.Take(ChannelAccount.MostMembers).Select(member => new PresentMember(member.Session, member.User))],
    };

    /// <summary>Those who listen already are told of whom it brings; the relay itself gets the whole in its answer.</summary>
    private void Adopt(ChannelRequest.Listen listen, long now, List<ChannelEffect> effects)
    {
        if (_space.Presence && listen.Known is { } known && _roster.Adopt(known, now, out var added))
        {
            TellPresence(PresenceChange.Joined, added, effects);
        }
    }

    private static void Probe(IReadOnlyList<SessionId> sessions, List<ChannelEffect> effects) =>
        effects.AddRange(sessions.Select(session => new ChannelEffect.Probe(session)));

    private void TellPresence(PresenceChange change, IReadOnlyList<Member> members, List<ChannelEffect> effects) =>
        _listeners.TellPresence(change, _roster.Count > _space.RosterLimit ? [] : members, _roster, effects);

    /// <summary>Who asked hears that it was done; most of these are told and nobody asks.</summary>
    private static void Note(ReplyTo from, List<ChannelEffect> effects)
    {
        if (!from.IsNobody)
        {
            effects.Add(new ChannelEffect.Reply(from, ChannelReply.Noted.Instance));
        }
    }

    private void Found(ChannelInput.TimeFound found, List<ChannelEffect> effects)
    {
        switch (found.Request)
        {
            case null when found.Offset is { } old && old >= _log.KeptTail && !_publishes.IsAppending:
                // Capped: a clock that jumped ahead must not empty a log in one step.
                var tail = Math.Min(old + 1, _log.KeptTail + Math.Max(1000, (_log.Head - _log.KeptTail + 1) / 10));
                if (_space.Durability is Durability.Journal)
                {
                    effects.Add(new ChannelEffect.Append(new AppendRequest(_log.Id, _log.Head, [], [], tail) { Fence = _log.Fence }));
                }

                _log.TrimTo(tail);
                break;
            case null:
                break;
            case ChannelRequest.Locate when found.Offset is { } before:
                var position = new StreamPosition(_log.Epoch, Math.Clamp(before, _log.Tail - 1, _log.Head));
                effects.Add(new ChannelEffect.Reply(found.To, new ChannelReply.Located(position, _log.HeadPosition, null, null)));
                break;
            case ChannelRequest.ReadHistory history when found.Offset is { } before:
                LogReader.HistoryAfter(_log, history, before, found.To, effects);
                break;
            default:
                effects.Add(new ChannelEffect.Reply(
                    found.To, new EntityReply.Refused(ErrorCode.Unavailable, "the store cannot be read now", 1000)));
                break;
        }
    }
}
