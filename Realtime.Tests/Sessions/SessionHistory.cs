using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>Runs a random sequence against a session and the simplest model of one, and compares what an attachment is told.</summary>
internal sealed class SessionHistory
{
    private static readonly ChannelName[] Channels =
        [ChannelName.Parse("chat:a"), ChannelName.Parse("chat:b"), ChannelName.Parse("chat:c")];

    private readonly SessionRig _rig = new();
    private readonly Dictionary<long, SessionCommand.Set> _sets = [];
    private readonly HashSet<long> _lost = [];
    private List<SessionSubscription> _subscriptions = [];
    private SortedDictionary<string, int> _state = [];
    private List<SessionSubscription>? _underWay;
    private Saved? _row;
    private bool _attached = true;
    private Live? _live;
    private SessionCommand.Set? _asking;

    public SessionHistory()
    {
        _rig.Answered = Answered;
        Connected(_rig.Open());
    }

    public void Run(IEnumerable<SessionCommand> commands)
    {
        foreach (var command in commands)
        {
            Step(command);
        }

        while (_rig.Write is not null || _rig.Timers.Keys.Any(timer => timer is not SessionTimer.Grace))
        {
            Step(_rig.Write is null
                ? new SessionCommand.Fire(_rig.Timers.Keys.First(timer => timer is not SessionTimer.Grace))
                : new SessionCommand.Finish(WriteOutcome.Committed, true));
        }

        _sets.Keys.ShouldAllBe(tag => _rig.Answers.ContainsKey(tag) || _lost.Contains(tag));
    }

    private void Step(SessionCommand command)
    {
        var before = _rig.Write;
        Do(command);
        if (!ReferenceEquals(before, _rig.Write) && _rig.Write is not null)
        {
            // Taken when the write begins: what comes after is not in it.
            _underWay = [.. _subscriptions];
        }

        if (_rig.Passivated is { Orphaned: false })
        {
            // It left memory by itself, so nothing may be lost by that.
            (_row?.Subscriptions ?? []).ShouldBe(_subscriptions);
            (_row?.State ?? []).ShouldBe(_state);
        }

        // Again where what was handed over reached a session that does not exist.
        while (_rig.Passivated is { } passivated)
        {
            _live = passivated.Orphaned ? null : _live;
            Reload();
        }
    }

    private void Do(SessionCommand command)
    {
        switch (command)
        {
            case SessionCommand.Attach:
                Attach();
                break;
            case SessionCommand.Detach when _attached:
                _rig.Detach();
                (_attached, _live) = (false, null);
                break;
            case SessionCommand.HandOff handOff:
                HandOff(handOff);
                break;
            case SessionCommand.Hold when _live is not null:
                Hold(_live);
                break;
            case SessionCommand.Orphaned:
                _rig.Answers[_rig.Ask(new SessionRequest.Orphaned())].ShouldBeOfType<SessionReply.Done>();
                break;
            case SessionCommand.Put put when _attached:
                var payload = put.Present ? SessionRig.Text("here") : default(Realtime.Messages.Positions.Payload?);
                var subscription = new SessionSubscription(Channels[put.Channel], SessionRig.At(put.Offset), payload);
                _rig.Ask(new SessionRequest.PutSubscription(_rig.Machine.Attachment, subscription));
                if (IndexOf(put.Channel) is var at and >= 0)
                {
                    _subscriptions[at] = subscription;
                }
                else
                {
                    _subscriptions.Add(subscription);
                }

                break;
            case SessionCommand.Remove remove when _attached:
                _rig.Ask(new SessionRequest.RemoveSubscription(_rig.Machine.Attachment, Channels[remove.Channel]));
                _subscriptions.RemoveAll(item => item.Channel == Channels[remove.Channel]);
                break;
            case SessionCommand.Ack ack when _attached:
                _rig.Ask(new SessionRequest.Ack(
                    _rig.Machine.Attachment, [new ChannelPosition(Channels[ack.Channel], SessionRig.At(ack.Offset))]));
                if (IndexOf(ack.Channel) is var place and >= 0 && _subscriptions[place].Position!.Value.Offset < ack.Offset)
                {
                    _subscriptions[place] = _subscriptions[place] with { Position = SessionRig.At(ack.Offset) };
                }

                break;
            case SessionCommand.Set set when _attached:
                Set(set);
                break;
            case SessionCommand.Fire fire when _rig.Timers.ContainsKey(fire.Timer):
                _rig.Fire(fire.Timer);
                break;
            case SessionCommand.Finish finish when _rig.Write is not null:
                Finish(finish);
                break;
            case SessionCommand.Crash:
                _live = _live is null ? null : _live with { Subscriptions = _attached ? [.. _subscriptions] : _live.Subscriptions };
                Reload();
                break;
            default:
                break;
        }
    }

    private void Set(SessionCommand.Set set)
    {
        _asking = set;
        _sets[_rig.Set($"k{set.Key}", set.Value == 0 ? null : $"{set.Value}")] = set;
        _asking = null;
    }

    private void HandOff(SessionCommand.HandOff handOff)
    {
        _rig.HandOff();
        if (_attached)
        {
            Set(handOff.Meanwhile);
        }

        if (_rig.Write is not null)
        {
            Finish(handOff.Write);
        }

        if (_rig.Exported is not null)
        {
            _rig.TakeOver();
        }
    }

    /// <summary>After a loss the connection knows better than the row; while it stands for the session nothing changes.</summary>
    private void Hold(Live live)
    {
        var told = _attached ? _subscriptions : live.Subscriptions;
        var reply = _rig.Hold(live.Attachment, [.. told], connection: live.Connection.Value);
        if (reply is SessionReply.Unknown)
        {
            (_row is null && !live.Attachment.IsOpening).ShouldBeTrue("only what has no row and nobody who opened it is unknown");
            Reopen();
            return;
        }

        reply.ShouldBeOfType<SessionReply.Done>();
        _rig.Machine.IsAttached.ShouldBeTrue();
        _subscriptions =
        [
            .. _subscriptions.Select(known => told.Find(item => item.Channel == known.Channel)).OfType<SessionSubscription>(),
            .. told.Where(item => !_subscriptions.Exists(known => known.Channel == item.Channel)),
        ];
        _rig.Machine.Subscriptions.ShouldBe(_subscriptions);
        _attached = true;
    }

    private void Connected(SessionReply.Attached attached)
    {
        _live = new Live(attached.Attachment, _rig.Connection, []);
        _attached = true;
    }

    private void Finish(SessionCommand.Finish finish)
    {
        var saved = _underWay!;
        _underWay = null;
        var inRow = finish.Outcome is WriteOutcome.Committed || finish.WasWritten;
        if (inRow)
        {
            // The state in the row is what was committed and what this write carries; the write itself says so.
            var state = new SortedDictionary<string, int>(_rig.Write!.Record!.State.ToDictionary(
                pair => pair.Key, pair => int.Parse(pair.Value.Bytes.ToStringUtf8().Trim('"'), System.Globalization.CultureInfo.InvariantCulture)));
            _row = new Saved(saved, state);
        }

        _rig.Finish(finish.Outcome, finish.WasWritten);
        if (finish.Outcome is WriteOutcome.Committed)
        {
            _state.ShouldBe(_row!.State, "what the row says of the state is what was acknowledged");
        }
    }

    private void Attach()
    {
        var reply = _rig.Attach();
        if (_row is null && reply is SessionReply.Unknown)
        {
            // It was never written and its process died: the client opens another.
            Reopen();
            return;
        }

        var attached = reply.ShouldBeOfType<SessionReply.Attached>();
        attached.Subscriptions.ShouldBe(_subscriptions);
        attached.State.ToDictionary(pair => pair.Key, pair => pair.Value)
            .ShouldBe(_state.ToDictionary(pair => pair.Key, pair => SessionRig.Text($"{pair.Value}")), ignoreOrder: true);
        Connected(attached);
    }

    private void Reopen()
    {
        _rig.Reload();
        (_subscriptions, _state) = ([], []);
        Connected(_rig.Open());
    }

    private void Reload()
    {
        foreach (var tag in _sets.Keys.Where(tag => !_rig.Answers.ContainsKey(tag)))
        {
            _lost.Add(tag);
        }

        _underWay = null;
        _attached = false;
        _subscriptions = _row is null ? [] : [.. _row.Subscriptions];
        _state = _row is null ? [] : new SortedDictionary<string, int>(_row.State);
        _rig.Reload();
        if (_rig.Write is not null)
        {
            // What it was given by its predecessor is written at once.
            _underWay = [.. _subscriptions];
        }
    }

    private void Answered(long tag, EntityReply reply)
    {
        var set = _sets.TryGetValue(tag, out var known) ? known : _asking;
        if (set is null || reply is not SessionReply.Done)
        {
            (reply is EntityReply.Refused { Code: ErrorCode.Internal }).ShouldBeFalse();
            return;
        }

        if (set.Value == 0)
        {
            _state.Remove($"k{set.Key}");
        }
        else
        {
            _state[$"k{set.Key}"] = set.Value;
        }
    }

    private int IndexOf(int channel) => _subscriptions.FindIndex(item => item.Channel == Channels[channel]);

    /// <summary>A connection that has not been told that it is over, and what it would tell a new owner.</summary>
    private sealed record Live(AttachNumber Attachment, ConnectionId Connection, List<SessionSubscription> Subscriptions);

    private sealed record Saved(List<SessionSubscription> Subscriptions, SortedDictionary<string, int> State);
}
