using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>Messages that one session does not get, and messages whose own time is over.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedExceptTests : FeedTestKit
{
    [Fact]
    public void A_message_that_excepts_a_session_is_left_out_for_it_live_and_when_it_reads_on()
    {
        Start();
        var (ann, bob) = (Joined(Ann), Joined(Bob));
        Channel.Publish("m1");
        PublishOne(2, message => message with { Except = Bob });
        Channel.Publish("m3");
        var later = Joined(new SessionId(2), StartFrom.Start, at: new(2, 0));
        Channel.Settle();

        ann.Seen.ShouldBe(["m1", "m2", "m3"]);
        bob.Seen.ShouldBe(["m1", "m3"]);
        later.Seen.ShouldBe(["m1", "m3"]);
        (ann.Faults.Count, bob.Faults.Count, later.Faults.Count).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_message_whose_time_is_over_is_given_to_nobody_live_or_later_and_those_behind_it_follow()
    {
        Start();
        var ann = Joined(Ann);
        Channel.Publish("m1");
        PublishOne(2, message => message with { Expires = 1 });
        PublishOne(3, message => message with { Expires = long.MaxValue });
        var later = Joined(Bob, StartFrom.Start);
        Channel.Settle();

        ann.Seen.ShouldBe(["m1", "m3"]);
        later.Seen.ShouldBe(["m1", "m3"]);
        (ann.Faults.Count, later.Faults.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void A_channel_without_a_log_gives_nobody_what_is_over()
    {
        Start(new NamespacePolicy("chat") { Durability = Durability.None });
        var ann = Joined(Ann);
        PublishOne(0, message => message with { Expires = 1 });
        Channel.Settle();

        ann.Seen.ShouldBeEmpty();
    }

    private void PublishOne(int number, Func<LogMessage, LogMessage> with) =>
        Channel.Publish(1, _ => with(new LogMessage(0, ScriptedChannel.Text($"m{number}"), 0)));
}
