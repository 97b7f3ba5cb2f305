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
    private readonly PresenceRoster _roster = new();
    private readonly ChannelListeners _listeners;
    private readonly PublishQueue _publishes;
    private readonly NamespacePolicy _space;

    public ChannelMachine(ChannelName name, NamespacePolicy space, ChannelPolicy policy)
    {
        _space = space;
        _log = new ChannelLog(space, policy);
        _listeners = new ChannelListeners(name);
        _publishes = new PublishQueue(space, policy, _log, _listeners);
    }

    public ChannelLog Log => _log;

    public PresenceRoster Roster => _roster;

    /// <summary>Nothing would be lost or missed if this left memory.</summary>
    public bool CanPassivate =>
        _listeners.IsEmpty && _roster.Count == 0 && !_publishes.HasWritesUnderWay
        && (_space.Durability is Durability.Journal || (_log.IsEmpty && !_log.HasProducers));

    /// <summary>Publishes have gathered and none is being appended.</summary>
    public bool HasPublishesAtHand => _publishes.HasPublishesAtHand;

    public bool HasWritesUnderWay => _publishes.HasWritesUnderWay;

    public IEnumerable<NodeId> Listeners => _listeners.Nodes;

    public void Open(OpenLog log) => _log.Open(log);

    /// <param name="now">Milliseconds since 1970.</param>
    public void Step(ChannelInput input, long now, List<ChannelEffect> effects)
    {
        switch (input)
        {
            case ChannelInput.Asked asked:
                Answer(asked.Request, asked.From, now, effects);
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
            case ChannelInput.AgeTick:
                _log.ForgetProducers(now);
                if (_space.History.Age is { } age && !_log.IsEmpty)
                {
                    effects.Add(new ChannelEffect.FindTime(default, null, now - (long)age.TotalMilliseconds));
                }

                break;
            default:
                break;
        }
    }

    private void Answer(ChannelRequest request, ReplyTo from, long now, List<ChannelEffect> effects)
    {
        switch (request)
        {
            case ChannelRequest.Publish publish:
                _publishes.Publish(publish, from, now, effects);
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
                _listeners.Add(listen.Node, listen.Generation);
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Listening(
                    listen.Generation, _log.HeadPosition, _space.Presence ? _roster.Snapshot(_space.RosterLimit) : null)));
                break;
            case ChannelRequest.Unlisten unlisten:
                _listeners.Remove(unlisten.Node, unlisten.Generation);
                break;
            case ChannelRequest.Announce announce:
                var member = new Member(announce.Session, announce.User, announce.Data);
                if (_roster.Announce(member) is { } change)
                {
                    TellPresence(change, member, effects);
                }

                break;
            case ChannelRequest.Withdraw withdraw:
                if (_roster.Withdraw(withdraw.Session) is { } gone)
                {
                    TellPresence(PresenceChange.Left, gone, effects);
                }

                break;
            case ChannelRequest.WhoIsHere:
                effects.Add(new ChannelEffect.Reply(from, new ChannelReply.Present(_roster.Snapshot(_space.RosterLimit))));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "is not for channels");
        }
    }

    private void TellPresence(PresenceChange change, Member member, List<ChannelEffect> effects) =>
        _listeners.TellPresence(change, _roster.Count > _space.RosterLimit ? [] : [member], _roster, effects);

    private void Found(ChannelInput.TimeFound found, List<ChannelEffect> effects)
    {
        switch (found.Request)
        {
            case null when found.Offset is { } old && old >= _log.Tail && !_publishes.IsAppending:
                // Capped: a clock that jumped ahead must not empty a log in one step.
                var tail = Math.Min(old + 1, _log.Tail + Math.Max(1000, (_log.Head - _log.Tail + 1) / 10));
                if (_space.Durability is Durability.Journal)
                {
                    effects.Add(new ChannelEffect.Append(new AppendRequest(_log.Id, _log.Head, [], [], tail)));
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
