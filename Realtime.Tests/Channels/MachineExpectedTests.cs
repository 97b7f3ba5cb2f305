using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Publishes that say where the log must end, publishes that come together, and those of idempotency keys.</summary>
public sealed class MachineExpectedTests
{
    private readonly MachineRig _rig = new();

    [Fact]
    public void A_publish_is_refused_when_the_log_ends_elsewhere_than_it_expects_and_nothing_is_written()
    {
        _rig.Fill(2);
        var late = Expecting("late", 1);
        var right = Expecting("right", 2);
        _rig.Commit();

        _rig.Reply(late).ShouldBeOfType<ChannelReply.Refused>().Code.ShouldBe(ErrorCode.Conflict);
        _rig.PositionOf(right)!.Value.Offset.ShouldBe(3);
        _rig.Log.Head.ShouldBe(3);
    }

    [Fact]
    public void What_is_expected_is_judged_when_the_append_is_composed_and_not_when_the_publish_comes()
    {
        var first = _rig.Publish("first");
        var chained = Expecting("chained", 1);
        var beaten = Expecting("beaten", 1);
        _rig.Commit();

        (_rig.PositionOf(first)!.Value.Offset, _rig.PositionOf(chained)!.Value.Offset).ShouldBe((1, 2));
        _rig.Reply(beaten).ShouldBeOfType<ChannelReply.Refused>().Code.ShouldBe(ErrorCode.Conflict);
    }

    [Fact]
    public void A_repeat_that_is_recognised_wins_over_what_it_expects()
    {
        var first = Expecting("once", 0, key: "k");
        _rig.Commit();
        _rig.Fill(1);
        var again = Expecting("once", 0, key: "k");

        _rig.PositionOf(again).ShouldBe(_rig.PositionOf(first));
        _rig.Log.Head.ShouldBe(2);
    }

    [Fact]
    public void A_position_of_another_life_or_of_a_channel_without_a_log_is_never_what_is_expected()
    {
        var other = Ask("x", new StreamPosition(new Epoch(12345), 0));
        _rig.Reply(other).ShouldBeOfType<ChannelReply.Refused>().Code.ShouldBe(ErrorCode.Conflict);

        var none = new MachineRig(new NamespacePolicy("chat") { Durability = Durability.None });
        none.Get<ChannelReply.Refused>(tag => new ChannelRequest.Publish(MachineRig.Name, tag, MachineRig.Text("x"), default, null) { Expected = new StreamPosition(new Epoch(5), 0) })
            .Code.ShouldBe(ErrorCode.Conflict);
    }

    [Fact]
    public void Publishes_that_come_together_make_one_append_and_each_gets_its_own_answer()
    {
        var publishes = Enumerable.Range(1, 5).Select(i => new ChannelRequest.Publish(MachineRig.Name, 1000 + i, MachineRig.Text($"m{i}"), default, null)).ToList();
        _rig.Step(new ChannelInput.Asked(new ChannelRequest.PublishMany(MachineRig.Name, publishes), MachineRig.Client));

        _rig.Log.Sent.Single().Messages.Select(logged => MachineRig.TextOf(logged.Message)).ShouldBe(["m1", "m2", "m3", "m4", "m5"]);
        _rig.Commit();
        publishes.Select(publish => _rig.PositionOf(publish.Tag)!.Value.Offset).ShouldBe([1L, 2, 3, 4, 5]);
    }

    [Fact]
    public void What_a_publish_says_of_who_gets_it_and_until_when_stands_in_the_log()
    {
        _rig.Ask(tag => new ChannelRequest.Publish(MachineRig.Name, tag, MachineRig.Text("x"), default, null) { Except = MachineRig.Ben, Expires = 5_000_000 });
        _rig.Commit();

        var message = _rig.Read(0).Messages.Single();
        (message.Except, message.Expires).ShouldBe((MachineRig.Ben, 5_000_000L));
        (message.IsFor(MachineRig.Ann), message.IsFor(MachineRig.Ben)).ShouldBe((true, false));
        (message.IsOver(4_999_999), message.IsOver(5_000_000)).ShouldBe((false, true));
    }

    [Fact]
    public void A_page_of_history_is_without_what_excepts_its_reader_and_what_is_over()
    {
        LogMessage[] messages =
        [
            new(1, default, 0), new(2, default, 0) { Except = MachineRig.Ben }, new(3, default, 0) { Expires = 50 }, new(4, default, 0, MachineRig.Ben) { Echo = false },
        ];
        var page = new ChannelReply.HistoryPage(1, messages, default, default, false);

        page.For(MachineRig.Ben, 49).Select(message => message.Offset).ShouldBe([1L, 3, 4]);
        page.For(MachineRig.Ann, 50).Select(message => message.Offset).ShouldBe([1L, 2, 4]);
    }

    [Fact]
    public void Of_writers_that_each_expect_what_they_read_last_no_two_ever_write_behind_the_same_message() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
            {
                var rig = new MachineRig();
                var seen = new long[3];
                var open = new Dictionary<long, (int Writer, long Expected)>();
                var numbers = 0;
                foreach (var step in steps.Select(Math.Abs))
                {
                    var writer = step % 3;
                    switch (step / 3 % 5)
                    {
                        case 0:
                            seen[writer] = rig.Log.Head;
                            break;
                        case 1 or 2:
                            var key = $"w{writer}.{++numbers}";
                            var tag = rig.Ask(tag => Publish(tag, $"{seen[writer]}", rig.Machine.Log.Epoch, seen[writer], key));
                            open[tag] = (writer, seen[writer]);
                            break;
                        case 3:
                            rig.Commit(1);
                            break;
                        default:
                            rig.Fail(written: step % 2);
                            rig.Recover();
                            break;
                    }
                }

                rig.Commit();
                foreach (var (tag, (_, expected)) in open)
                {
                    if (rig.Reply(tag) is ChannelReply.Published published)
                    {
                        published.Position!.Value.Offset.ShouldBe(expected + 1);
                    }
                }

                // Each message says behind which one it wanted to stand.
                rig.Log.All.Select(logged => long.Parse(MachineRig.TextOf(logged!.Message), System.Globalization.CultureInfo.InvariantCulture) + 1)
                    .ShouldBe(rig.Log.All.Select(logged => logged!.Message.Offset));
            }));

    private long Expecting(string text, long offset, string? key = null) => Ask(text, new StreamPosition(_rig.Machine.Log.Epoch, offset), key);

    private long Ask(string text, StreamPosition expected, string? key = null) => _rig.Ask(tag => Publish(tag, text, expected.Epoch, expected.Offset, key));

    private static ChannelRequest.Publish Publish(long tag, string text, Epoch epoch, long offset, string? key) =>
        new(MachineRig.Name, tag, MachineRig.Text(text), default, null)
        {
            Expected = new StreamPosition(epoch, offset),
            Producer = key is null ? null : ProducerId.OfServer(System.Text.Encoding.UTF8.GetBytes(key)),
            Sequence = key is null ? null : 1,
        };
}
