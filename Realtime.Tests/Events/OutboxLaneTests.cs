using Akka.Actor;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Events;
using Realtime.Node.Events.Core;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Tests.Channels;

namespace Realtime.Tests.Events;

/// <summary>The way of reports to a log, with a real channel as the log and a way between them that loses, delays and repeats.</summary>
public sealed class OutboxLaneTests
{
    private static readonly OutboxPartition Partition = OutboxPartition.At(3);

    private readonly OutboxLane _lane = new(Partition, ProducerId.FromStore("~lane"));
    private readonly List<LaneEffect> _effects = [];
    private long _now = 1_000;

    [Fact]
    public void What_comes_while_a_batch_is_under_way_goes_together_when_that_is_written()
    {
        Add("a", 1, EventKind.ChannelOccupied);
        var first = Sent();
        Add("b", 7, EventKind.ChannelOccupied);
        Add("c", 9, EventKind.ChannelOccupied, EventKind.MemberJoined);
        _effects.ShouldBeEmpty();

        Published(first.Publishes[0].Tag);

        _effects[0].ShouldBe(new LaneEffect.Written(Entity("a"), 1));
        _effects.RemoveAt(0);
        var second = Sent();
        second.Publishes.Count.ShouldBe(3);
        second.Publishes.ShouldAllBe(publish => publish.Channel == Partition.Log && publish.Producer != null);
        second.Publishes.Select(publish => publish.Predecessor).ShouldBe([null, second.Publishes[0].Sequence, second.Publishes[1].Sequence]);
        Published(second.Publishes[2].Tag);
        Published(second.Publishes[0].Tag);
        _effects.ShouldBe([new LaneEffect.Written(Entity("b"), 7)]);
        Published(second.Publishes[1].Tag);
        _effects[1].ShouldBe(new LaneEffect.Written(Entity("c"), 9));
        _lane.Due.ShouldBeNull();
    }

    [Fact]
    public void What_is_not_answered_is_sent_again_with_the_same_numbers_and_longer_pauses()
    {
        Add("a", 1, EventKind.ChannelOccupied, EventKind.MemberJoined);
        var first = Sent();
        Published(first.Publishes[0].Tag);
        var pauses = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(_lane.Due!.Value - _now);
            _now = _lane.Due.Value;
            _lane.Tick(_now, _effects);
            Sent().Publishes.ShouldHaveSingleItem().Sequence.ShouldBe(first.Publishes[1].Sequence);
        }

        pauses.ShouldBe([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    }

    [Fact]
    public void A_log_that_says_when_to_come_again_is_heeded_and_an_expired_number_is_replaced()
    {
        Add("a", 1, EventKind.ChannelOccupied, EventKind.MemberJoined);
        var first = Sent();
        _lane.OnReply(OutboxLane.OfTag(first.Publishes[0].Tag).Number, new ChannelReply.Refused(0, ErrorCode.Unavailable, "", 5_000), _now, _effects);
        _lane.OnReply(OutboxLane.OfTag(first.Publishes[1].Tag).Number, new ChannelReply.Refused(0, ErrorCode.SeqExpired, ""), _now, _effects);

        _lane.Due.ShouldBe(_now + 5_000);
        _now += 5_000;
        _lane.Tick(_now, _effects);
        var again = Sent();

        again.Publishes[0].Sequence.ShouldBe(first.Publishes[0].Sequence);
        again.Publishes[1].Sequence!.Value.ShouldBeGreaterThan(first.Publishes[1].Sequence!.Value);
    }

    [Fact]
    public void What_an_entity_left_behind_when_it_stopped_is_not_sent_again()
    {
        Add("a", 1, EventKind.ChannelOccupied);
        Add("b", 1, EventKind.ChannelOccupied);
        Add("c", 1, EventKind.ChannelOccupied);
        _ = Sent();

        _lane.Forget(Entity("b"), _now, _effects);
        _effects.ShouldBeEmpty();
        _lane.Forget(Entity("a"), _now, _effects);

        EventReport.Read(Sent().Publishes.ShouldHaveSingleItem().Payload)!.Channel.ShouldBe(ChannelName.Parse("chat:c"));
    }

    [Fact]
    public void The_same_batch_again_changes_nothing_and_a_later_one_takes_its_place()
    {
        Add("x", 1, EventKind.ChannelOccupied);
        var first = Sent();
        Add("x", 1, EventKind.ChannelOccupied);
        Add("a", 1, EventKind.ChannelOccupied);
        Add("a", 2, EventKind.ChannelVacated);
        _effects.ShouldBeEmpty();

        Published(first.Publishes[0].Tag);

        _effects.RemoveAt(0);
        EventReport.Read(Sent().Publishes.ShouldHaveSingleItem().Payload)!.Kind.ShouldBe(EventKind.ChannelVacated);
    }

    [Fact]
    public void Whatever_the_way_and_the_log_do_each_report_is_written_once_and_those_of_an_entity_in_their_order() =>
        Prop.ForAll(Histories().ToArbitrary(), steps =>
            {
                new History().Run(steps);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(80).WithQuietOnSuccess(true));

    private static Gen<List<(int Step, int Entity)>> Histories() =>
        (from step in Gen.Choose(0, 9) from entity in Gen.Choose(0, 3) select (step, entity)).ListOf().Select(steps => steps.ToList());

    private static IActorRef Entity(string name) => Entities.GetOrAdd(name, static name => new SilentRef(name));

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, IActorRef> Entities = [];

    private void Add(string entity, long tag, params EventKind[] kinds) => _lane.Add(
        Entity(entity), new ReportBatch(tag, [.. kinds.Select((kind, at) => new EventReport(kind, ChannelName.Parse("chat:" + entity), new SessionId((UInt128)at), null))]), _now, _effects);

    private ChannelRequest.PublishMany Sent()
    {
        var sent = _effects.ShouldHaveSingleItem().ShouldBeOfType<LaneEffect.Send>().Request;
        _effects.Clear();
        return sent;
    }

    private void Published(long tag) => _lane.OnReply(OutboxLane.OfTag(tag).Number, new ChannelReply.Published(tag, null), _now, _effects);

    private sealed class History
    {
        private readonly MachineRig _log = new(ServerLogs.All.Single(space => space.Name == ServerLogs.Outbox));
        private readonly OutboxLane _lane = new(Partition, ProducerId.FromStore("~lane"));
        private readonly List<LaneEffect> _effects = [];
        private readonly List<ChannelRequest.PublishMany> _toLog = [];
        private readonly List<ChannelReply> _toLane = [];
        private readonly int[] _said = new int[4];
        private readonly long[] _busy = new long[4];
        private long _tag;

        public void Run(List<(int Step, int Entity)> steps)
        {
            _log.Sent = (_, message) => _toLane.AddRange(message is ChannelReply reply ? [reply] : []);
            foreach (var (step, entity) in steps)
            {
                Do(step, entity);
            }

            // In the end all that is on the way arrives, and the log is there.
            for (var i = 0; i < 200 && (_lane.Due is not null || _toLog.Count > 0 || _toLane.Count > 0); i++)
            {
                Up();
                _log.Commit();
                _toLog.ToList().ForEach(Deliver);
                _log.Commit();
                _toLane.ToList().ForEach(Answer);
                Wait(40_000);
            }

            _busy.ShouldAllBe(tag => tag == 0);
            var written = _log.Log.All.Select(logged => EventReport.Read(logged!.Message.Payload)!).ToList();
            for (var entity = 0; entity < 4; entity++)
            {
                written.Where(report => report.Channel == NameOf(entity)).Select(report => report.Reason).ShouldBe(Enumerable.Range(1, _said[entity]).Select(number => $"{number}"));
            }
        }

        private static ChannelName NameOf(int entity) => ChannelName.Parse($"chat:{entity}");

        private void Do(int step, int entity)
        {
            switch (step)
            {
                case 0 or 1 when _busy[entity] == 0:
                    var reports = Enumerable.Range(0, 3).Select(_ => new EventReport(EventKind.ChannelOccupied, NameOf(entity), default, null, Reason: $"{++_said[entity]}"));
                    _busy[entity] = ++_tag;
                    _lane.Add(Entity($"{entity}"), new ReportBatch(_tag, [.. reports]), _log.Now, _effects);
                    Carry();
                    break;
                case 2 when _toLog.Count > 0:
                    Deliver(_toLog[entity % _toLog.Count]);
                    break;
                case 3 when _toLog.Count > 0:
                    _toLog.RemoveAt(entity % _toLog.Count);
                    break;
                case 4 when _toLane.Count > 0:
                    Answer(_toLane[entity % _toLane.Count]);
                    break;
                case 5 when _toLane.Count > 0:
                    _toLane.RemoveAt(entity % _toLane.Count);
                    break;
                case 6 when _log.Log.IsUp:
                    _log.Commit(1);
                    break;
                case 7 when _log.Log.IsUp:
                    _log.Fail(entity % 2);
                    break;
                case 8:
                    Up();
                    break;
                case 9:
                    Wait(1_100);
                    break;
            }
        }

        private void Up()
        {
            if (!_log.Log.IsUp)
            {
                _log.Recover();
            }
        }

        private void Wait(long time)
        {
            _log.Now += time;
            _lane.Tick(_log.Now, _effects);
            Carry();
        }

        private void Deliver(ChannelRequest.PublishMany request)
        {
            _toLog.Remove(request);
            _log.Step(new ChannelInput.Asked(request, MachineRig.Client));
        }

        private void Answer(ChannelReply reply)
        {
            _toLane.Remove(reply);
            _lane.OnReply(OutboxLane.OfTag(reply.Tag).Number, reply, _log.Now, _effects);
            Carry();
        }

        private void Carry()
        {
            foreach (var effect in _effects)
            {
                switch (effect)
                {
                    case LaneEffect.Send send:
                        _toLog.Add(send.Request);
                        break;
                    case LaneEffect.Written written:
                        var entity = Array.IndexOf(_busy, written.Tag);
                        entity.ShouldBeGreaterThanOrEqualTo(0, "it was written before");
                        _busy[entity] = 0;
                        break;
                }
            }

            _effects.Clear();
        }
    }
}
