using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Events;
using Realtime.Node.Outboxes;
using Realtime.Node.Outboxes.Core;

namespace Realtime.Tests.Webhooks;

/// <summary>In what order events are given to a target, what happens to those that fail, and what a successor goes on with.</summary>
public sealed class DeliveryMachineTests
{
    private static readonly Epoch Epoch = new(77);
    private static readonly OutboxPartition Partition = OutboxPartition.At(3);
    private static readonly Place Nowhere = new(default, [], 0);
    private static readonly DeliveryPolicy Policy = new() { Concurrency = 2, Attempts = 3, FirstRetry = TimeSpan.FromSeconds(1), LongestRetry = TimeSpan.FromSeconds(8) };

    private readonly List<DeliveryEffect> _effects = [];
    private long _offset;

    [Fact]
    public void Events_of_one_key_are_delivered_one_after_the_other_and_of_other_keys_beside_them()
    {
        var machine = Machine();

        Read(machine, Occupied("a"), Vacated("a"), Occupied("b"), Occupied("c"));

        Delivered().ShouldBe(["a+", "b+"]);
        Tried(machine, Id(1), EventOutcome.Done);
        Delivered().ShouldBe(["c+"]);
        Tried(machine, Id(3), EventOutcome.Done);
        Delivered().ShouldBe(["a-"]);
    }

    [Fact]
    public void A_key_that_fails_waits_longer_each_time_and_holds_up_no_other()
    {
        var machine = Machine();
        Read(machine, Occupied("a"), Occupied("b"), Occupied("c"), Vacated("b"));
        Delivered();

        Tried(machine, Id(1), new EventOutcome.Failed("500"), now: 100);
        Delivered().ShouldBe(["c+"]);
        machine.Due.ShouldBe(1_100);
        Tried(machine, Id(2), EventOutcome.Done, now: 200);
        Delivered().ShouldBe(["b-"]);
        Tried(machine, Id(3), EventOutcome.Done, now: 300);

        Step(machine, new DeliveryInput.Tick(), now: 1_099);
        Delivered().ShouldBeEmpty();
        Step(machine, new DeliveryInput.Tick(), now: 1_100);
        Delivered().ShouldBe(["a+"]);
        Tried(machine, Id(1), new EventOutcome.Failed("500"), now: 1_200);
        machine.Due.ShouldBe(3_200);
    }

    [Fact]
    public void After_its_tries_an_event_is_a_dead_letter_and_only_when_that_is_written_its_key_goes_on()
    {
        var machine = Machine();
        Read(machine, Occupied("a"), Vacated("a"));
        Delivered();
        for (var i = 0; i < 3; i++)
        {
            Tried(machine, Id(1), new EventOutcome.Failed($"why {i}"), now: i * 10_000);
            Step(machine, new DeliveryInput.Tick(), now: (i * 10_000) + 9_000);
        }

        var bury = _effects.OfType<DeliveryEffect.Bury>().Single();
        (bury.Event.Id, bury.Why, bury.Tries).ShouldBe((Id(1), "why 2", 3));
        _effects.Clear();
        Step(machine, new DeliveryInput.Buried(Id(1), IsWritten: false), now: 40_000);
        _effects.ShouldBeEmpty();
        Step(machine, new DeliveryInput.Tick(), now: 41_000);
        _effects.Single().ShouldBeOfType<DeliveryEffect.Bury>();
        _effects.Clear();
        Step(machine, new DeliveryInput.Buried(Id(1), IsWritten: true), now: 42_000);

        Delivered().ShouldBe(["a-"]);
    }

    [Fact]
    public void What_is_not_tried_counts_as_no_try_until_it_is_too_old()
    {
        var machine = Machine(policy: Policy with { MaxAge = TimeSpan.FromSeconds(60) });
        Read(machine, Occupied("a"));
        for (var now = 0; now < 60_000; now += 5_000)
        {
            Delivered().ShouldBe(["a+"]);
            Tried(machine, Id(1), new EventOutcome.Held("breaker", TimeSpan.FromSeconds(5)), now);
            Step(machine, new DeliveryInput.Tick(), now + 5_000);
        }

        Tried(machine, Id(1), new EventOutcome.Held("breaker", TimeSpan.FromSeconds(5)), 60_000);

        _effects.OfType<DeliveryEffect.Bury>().Count().ShouldBe(1);
    }

    [Fact]
    public void A_pause_that_the_target_asks_for_is_kept_up_to_the_longest()
    {
        var machine = Machine();
        Read(machine, Occupied("a"), Occupied("b"));
        Delivered();

        Tried(machine, Id(1), new EventOutcome.Failed("429", TimeSpan.FromSeconds(4)), now: 0);
        machine.Due.ShouldBe(4_000);
        Tried(machine, Id(2), new EventOutcome.Failed("429", TimeSpan.FromDays(400)), now: 0);
        Step(machine, new DeliveryInput.Tick(), now: 4_000);
        machine.Due.ShouldBe(8_000);
    }

    [Fact]
    public void What_is_refused_is_a_dead_letter_at_once()
    {
        var machine = Machine();
        Read(machine, Occupied("a"));
        Delivered();

        Tried(machine, Id(1), new EventOutcome.Refused("410"));

        _effects.OfType<DeliveryEffect.Bury>().Single().Tries.ShouldBe(1);
    }

    [Fact]
    public void What_is_not_wanted_or_was_before_the_target_is_not_delivered_and_counts_for_what_comes()
    {
        var machine = Machine(place: Nowhere with { Since = 1_000 }, wants: happened => happened.Channel != Name("b"));

        Read(machine, At(999, Occupied("a")), At(999, Occupied("b")), At(1_000, Vacated("a")), At(1_000, Vacated("b")));

        Delivered().ShouldBe(["a-"]);
        machine.Pending.ShouldBe(1);
    }

    [Fact]
    public void It_has_no_room_while_too_much_waits()
    {
        var machine = Machine(policy: Policy with { Pending = 2 });
        Read(machine, Occupied("a"));
        machine.HasRoom.ShouldBeTrue();
        Read(machine, Occupied("b"));
        machine.HasRoom.ShouldBeFalse();

        Tried(machine, Id(1), EventOutcome.Done);

        machine.HasRoom.ShouldBeTrue();
    }

    [Fact]
    public void A_place_names_what_waits_before_it()
    {
        var machine = Machine();
        Read(machine, Occupied("a"), Occupied("b"), Occupied("c"));
        Tried(machine, Id(2), EventOutcome.Done);

        var mark = machine.Mark(0);

        mark.Place.Read.ShouldBe(new StreamPosition(Epoch, 3));
        mark.Place.Waiting.ShouldBe([Id(1), Id(3)]);
        machine.IsNew.ShouldBeFalse();
    }

    [Fact]
    public void What_a_trimmed_log_lost_is_asked_for()
    {
        var machine = Machine();

        Step(machine, new DeliveryInput.Read(new OutboxPage(Epoch, [], new StreamPosition(Epoch, 50), IsBroken: true)), 0);

        _effects.ShouldContain(effect => effect is DeliveryEffect.Missed);
    }

    /// <summary>Wherever a worker dies, and whatever of its places was written, its successors deliver all events of each key in their order, and under the same ids.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Successors_miss_nothing_and_keep_the_order(int seed)
    {
        var random = new Random(seed);
        var isOccupied = new Dictionary<string, bool>();
        var log = Enumerable.Range(0, 400).Select(_ =>
        {
            var name = "k" + random.Next(6);

            // Some say what was said before: those are no events.
            isOccupied[name] = random.Next(4) == 0 ? isOccupied.GetValueOrDefault(name) : !isOccupied.GetValueOrDefault(name);
            return Message(isOccupied[name] ? Occupied(name) : Vacated(name), 0);
        }).ToList();
        var fold = EventFold.Restore([]);
        var wanted = log.Select(message => fold.Take(Partition, new StreamPosition(Epoch, message.Offset), message.At, EventReport.Read(message.Payload)!)).OfType<ApplicationEvent>().ToList();
        var delivered = new List<ApplicationEvent>();
        Place place = Nowhere;
        Checkpoint? checkpoint = null;
        var policy = Policy with { Concurrency = 3, Attempts = 1_000, MaxAge = TimeSpan.FromDays(9_999), CheckpointReports = 60, CheckpointEvery = TimeSpan.FromDays(9_999), Pending = 20 };
        for (var life = 0; life < 200; life++)
        {
            var machine = new DeliveryMachine(policy, Partition, _ => true, checkpoint, place);
            var underWay = new List<ApplicationEvent>();
            var now = 0L;
            var end = life == 199 ? 100_000 : random.Next(30);
            _effects.Clear();
            machine.Step(new DeliveryInput.Tick(), now, _effects);
            underWay.AddRange(_effects.OfType<DeliveryEffect.Deliver>().Select(effect => effect.Event));
            for (var step = 0; step < end; step++)
            {
                _effects.Clear();
                var rest = log.Where(message => machine.Read.IsNone || message.Offset > machine.Read.Offset).Take(random.Next(1, 8)).ToList();
                if (machine.HasRoom && rest.Count > 0 && (underWay.Count == 0 || random.Next(2) == 0))
                {
                    machine.Step(new DeliveryInput.Read(new OutboxPage(Epoch, rest, new StreamPosition(Epoch, rest[^1].Offset), false)), now, _effects);
                }
                else if (underWay.Count > 0)
                {
                    var happened = underWay[random.Next(underWay.Count)];
                    underWay.Remove(happened);
                    var isDone = random.Next(3) > 0;
                    if (isDone)
                    {
                        delivered.Add(happened);
                    }

                    machine.Step(new DeliveryInput.Tried(happened.Id, isDone ? EventOutcome.Done : new EventOutcome.Failed("")), now, _effects);
                }
                else if (rest.Count == 0 && machine.Pending == 0)
                {
                    break;
                }
                else if (machine.Due is { } due)
                {
                    now = due;
                    machine.Step(new DeliveryInput.Tick(), now, _effects);
                }

                underWay.AddRange(_effects.OfType<DeliveryEffect.Deliver>().Select(effect => effect.Event));
                if (machine.IsNew && random.Next(3) == 0)
                {
                    var mark = machine.Mark(now);
                    (place, checkpoint) = (mark.Place, mark.Checkpoint ?? checkpoint);
                }
            }
        }

        foreach (var key in wanted.GroupBy(happened => happened.OrderKey))
        {
            // By id once, as a receiver that remembers ids takes them.
            delivered.Where(happened => happened.OrderKey == key.Key).Select(happened => happened.Id).Distinct().ShouldBe(key.Select(happened => happened.Id));
        }
    }

    private static ChannelName Name(string name) => ChannelName.Parse("chat:" + name);

    private static EventReport Occupied(string name) => new(EventKind.ChannelOccupied, Name(name), default, null);

    private static EventReport Vacated(string name) => new(EventKind.ChannelVacated, Name(name), default, null);

    private static (EventReport Report, long At) At(long at, EventReport report) => (report, at);

    private static string Id(long offset) => $"3-{Epoch}-{offset}";

    private static DeliveryMachine Machine(DeliveryPolicy? policy = null, Place? place = null, Func<ApplicationEvent, bool>? wants = null) =>
        new(policy ?? Policy, Partition, wants ?? (_ => true), null, place ?? Nowhere);

    private LogMessage Message(EventReport report, long at) => new(++_offset, report.Write(), at);

    private void Read(DeliveryMachine machine, params EventReport[] reports) => Read(machine, [.. reports.Select(report => At(0, report))]);

    private void Read(DeliveryMachine machine, params (EventReport Report, long At)[] reports)
    {
        var messages = reports.Select(report => Message(report.Report, report.At)).ToList();
        Step(machine, new DeliveryInput.Read(new OutboxPage(Epoch, messages, new StreamPosition(Epoch, _offset), false)), 0);
    }

    private void Tried(DeliveryMachine machine, string id, EventOutcome outcome, long now = 0) => Step(machine, new DeliveryInput.Tried(id, outcome), now);

    private void Step(DeliveryMachine machine, DeliveryInput input, long now) => machine.Step(input, now, _effects);

    private List<string> Delivered()
    {
        var delivered = _effects.OfType<DeliveryEffect.Deliver>()
            .Select(effect => effect.Event.Channel!.Value.Value["chat:".Length..] + (effect.Event.Kind is EventKind.ChannelOccupied ? "+" : "-")).ToList();
        _effects.Clear();
        return delivered;
    }
}
