using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>The actor of a node that keeps which connections of other nodes hold its sessions.</summary>
[Collection(ActorSystems.Name)]
public sealed class SessionHoldersTests : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly Address Afar = new("akka.tcp", "realtime", "a", 1);

    private readonly IActorRef _holders;

    public SessionHoldersTests()
        : base(TestHocon.Silent + "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"") =>
        _holders = Sys.ActorOf(SessionHolders.PropsOf(Every), NodePlaces.SessionHolders);

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_session_whose_connection_does_not_renew_hears_that_it_is_lost()
    {
        var (session, connection) = await HoldAsync(1);

        for (var round = 0; round < 3; round++)
        {
            Clock.Advance(Every);
            await SettleAsync();
        }

        session.HasMessages.ShouldBeFalse();
        Clock.Advance(Every);
        session.ExpectMsg<HolderChange.Lost>(Deadline).Connection.ShouldBe(connection);
    }

    [Fact]
    public async Task The_sessions_of_a_node_that_is_gone_hear_it_in_portions()
    {
        var sessions = CreateTestProbe();
        const int Count = 2500;
        for (var number = 1; number <= Count; number++)
        {
            _holders.Tell(new HolderChange.Held(new NamedRef($"c{number}", Afar), Hold(number)), sessions);
        }

        await SettleAsync();
        Sys.EventStream.Publish(new NodeRemoved(Afar));
        await SettleAsync();
        sessions.ReceiveN(1000, Deadline).Count.ShouldBe(1000);
        sessions.HasMessages.ShouldBeFalse();
        Clock.Advance(TimeSpan.FromMilliseconds(50));
        await SettleAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(50));
        sessions.ReceiveN(Count - 1000, Deadline).Count.ShouldBe(1500);
    }

    [Fact]
    public async Task When_it_fails_it_begins_anew_at_the_same_place_and_knows_no_holders()
    {
        var (session, _) = await HoldAsync(1);
        _holders.Tell(new HolderMessage.Renew(null!));
        await SettleAsync();

        Sys.EventStream.Publish(new NodeRemoved(Afar));
        await SettleAsync();
        session.HasMessages.ShouldBeFalse("connections attach again, for their renewals are answered");
        (await HoldAsync(2)).Session.HasMessages.ShouldBeFalse();
    }

    private static SessionHold Hold(int number) => new(new SessionId((UInt128)number), new Attachment(1, number), new ConnectionId(number));

    private async Task<(TestProbe Session, IActorRef Connection)> HoldAsync(int number)
    {
        var session = CreateTestProbe();
        var connection = new NamedRef($"c{number}", Afar);
        _holders.Tell(new HolderChange.Held(connection, Hold(number)), session);
        await SettleAsync();
        return (session, connection);
    }

    /// <summary>A renewal of something unknown is answered in its turn.</summary>
    private async Task SettleAsync()
    {
        var answered = await _holders.Ask<HolderMessage>(new HolderMessage.Renew([Hold(99_999)]), Deadline);
        answered.ShouldBeOfType<HolderMessage.NotHeld>();
    }
}
