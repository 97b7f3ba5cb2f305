using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Channels;

/// <summary>What a process knows of those who were present in the one before it.</summary>
[Collection(ActorSystems.Name)]
public sealed class RememberedRostersTests() : TestKit(TestHocon.Silent + "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly NamespaceTable Namespaces = new([new NamespacePolicy("chat") { Presence = true }, new NamespacePolicy("log")]);

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_channel_takes_its_members_once_with_their_users_until_the_grace_is_over()
    {
        var rosters = new RememberedRosters([PresentOn(1, "ann", Room), PresentOn(2, null, Room, ChannelName.Parse("chat:other"))], Namespaces);
        rosters.Open(Grace, Sys.Scheduler);

        var taken = rosters.Take(Room).ShouldNotBeNull();

        taken.Members.ShouldBe(
            [new Member(new SessionId(1), new UserId("ann"), MachineRig.Text("here")), new Member(new SessionId(2), null, MachineRig.Text("here"))]);
        taken.Until.ShouldBe((Clock.Now + Grace).ToUnixTimeMilliseconds());
        rosters.Take(Room).ShouldBeNull("a second start of the channel must not bring back who has left");
        rosters.Take(ChannelName.Parse("chat:other")).ShouldNotBeNull().Members.Count.ShouldBe(1);
    }

    [Fact]
    public void Channels_without_presence_have_no_members_whatever_the_records_say()
    {
        var rosters = new RememberedRosters([PresentOn(1, null, ChannelName.Parse("log:a"), ChannelName.Parse("gone:b"))], Namespaces);
        rosters.Take(ChannelName.Parse("log:a")).ShouldBeNull();
        rosters.Take(ChannelName.Parse("gone:b")).ShouldBeNull();
    }

    [Fact]
    public void After_the_grace_nothing_is_remembered()
    {
        var rosters = new RememberedRosters([PresentOn(1, null, Room)], Namespaces);
        rosters.Open(Grace, Sys.Scheduler);
        Clock.Advance(Grace);
        rosters.Take(Room).ShouldBeNull();
    }

    [Fact]
    public void A_node_that_joins_a_young_cluster_remembers_for_the_rest_of_the_grace()
    {
        var late = new RememberedRosters([PresentOn(1, null, Room), PresentOn(1, null, ChannelName.Parse("chat:other"))], Namespaces, TimeSpan.FromSeconds(20));
        late.Open(Grace, Sys.Scheduler);
        late.Take(Room).ShouldNotBeNull().Until.ShouldBe((Clock.Now + TimeSpan.FromSeconds(10)).ToUnixTimeMilliseconds());
        Clock.Advance(TimeSpan.FromSeconds(10));
        late.Take(ChannelName.Parse("chat:other")).ShouldBeNull();
    }

    private static PresentSession PresentOn(int session, string? user, params ChannelName[] channels) => new(
        new SessionId((UInt128)session),
        new Attachment(1, 1),
        user is null ? null : new UserId(user),
        [.. channels.Select(channel => new RecordedPresence(channel, MachineRig.Text("here")))]);
}
