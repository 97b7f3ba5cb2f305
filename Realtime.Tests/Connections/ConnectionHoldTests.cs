using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Tests.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>Connections whose sessions are on another node, with that node and the clock in the test's hand.</summary>
[Collection(ActorSystems.Name)]
public sealed class ConnectionHoldTests : ConnectionActorCase
{
    private IClientConnection? _connection;

    [Fact]
    public async Task A_connection_whose_session_s_node_does_not_know_it_attaches_again()
    {
        var hold = await HoldFromAfarAsync();

        Part.Tell(new HolderMessage.NotHeld([hold with { Connection = new ConnectionId(1) }]), Holders);
        Part.Tell(new HolderMessage.NotHeld([hold with { Attachment = new Attachment(1, 3) }]), Holders);
        Part.Tell(new HolderMessage.NotHeld([hold]), new NamedRef("session-holders", new Address("akka.tcp", "realtime", "other", 1)));
        await SettleAsync();
        Session.HasMessages.ShouldBeFalse("none of these speaks of what the connection holds");

        Part.Tell(new HolderMessage.NotHeld([hold]), Holders);

        await AttachesAgainAsync();
    }

    [Fact]
    public async Task When_a_node_is_gone_the_connections_whose_sessions_were_there_attach_again_and_no_others()
    {
        await HoldFromAfarAsync();

        Sys.EventStream.Publish(new NodeRemoved(new Address("akka.tcp", "realtime", "other", 1)));
        await SettleAsync();
        Session.HasMessages.ShouldBeFalse();
        Sys.EventStream.Publish(new NodeRemoved(Afar));

        await AttachesAgainAsync();
    }

    /// <summary>The channel may have been there, and what was sent to it is gone: nobody else knows that.</summary>
    [Fact]
    public async Task When_any_node_is_gone_a_connection_sends_again_soon_what_is_unanswered()
    {
        await HoldFromAfarAsync();
        await _connection!.ReceiveAsync("""{"type":"publish","id":2,"channel":"chat:room","data":"a","seq":1}"""u8.ToArray());
        var publish = Channel.ExpectMsg<ChannelRequest.Publish>();
        for (var repeats = 0; repeats < 4; repeats++)
        {
            await AwaitAssertAsync(() =>
            {
                Pass(Setup.SweepEvery);
                Channel.HasMessages.ShouldBeTrue("the repeat after a pause that doubles");
            });
            Channel.ExpectMsg<ChannelRequest.Publish>().Tag.ShouldBe(publish.Tag);
        }

        Sys.EventStream.Publish(new NodeRemoved(new Address("akka.tcp", "realtime", "other", 1)));
        await HeardAsync(Part);
        await HeardAsync(Connection);
        Pass(TimeSpan.FromMilliseconds(RepeatDelay.First));

        Channel.ExpectMsg<ChannelRequest.Publish>().Tag.ShouldBe(publish.Tag, "the next one would have come after four seconds");
    }

    [Fact]
    public async Task A_session_that_waited_for_its_client_on_a_node_that_is_gone_hears_once_more_that_its_connection_has_ended()
    {
        var hold = await HoldFromAfarAsync();
        _connection!.LinkLost();
        var detach = Session.ExpectMsg<SessionRequest.Detach>();
        detach.Attachment.ShouldBe(hold.Attachment);
        await AwaitAssertAsync(() => Connections.Count.ShouldBe(0));

        Sys.EventStream.Publish(new NodeRemoved(Afar));

        await AwaitAssertAsync(() =>
        {
            Pass(Setup.SweepEvery);
            Session.HasMessages.ShouldBeTrue();
        });
        var again = Session.ExpectMsg<SessionRequest.Detach>();
        again.ShouldBe(detach with { Tag = again.Tag, Why = null });
        await AwaitAssertAsync(() =>
        {
            Pass(Setup.RenewEvery);
            Session.HasMessages.ShouldBeTrue("it is said until it is answered");
        });
        Session.ExpectMsg<SessionRequest.Detach>().ShouldBe(again);
        Session.Reply(new SessionReply.Done(again.Tag));
        await SettleAsync();
        while (Session.HasMessages)
        {
            Session.ReceiveOne();
        }

        for (var round = 0; round < 3; round++)
        {
            Pass(Setup.RenewEvery);
            await SettleAsync();
        }

        Session.HasMessages.ShouldBeFalse("it was answered");
    }

    private static Address Afar { get; } = new("akka.tcp", "realtime", "afar", 1);

    private static IActorRef Holders { get; } = new NamedRef("session-holders", Afar);

    /// <summary>The parent of the connection.</summary>
    private IActorRef Part { get; set; } = ActorRefs.Nobody;

    private IActorRef Connection { get; set; } = ActorRefs.Nobody;

    /// <summary>A connection whose session is on another node.</summary>
    private async Task<SessionHold> HoldFromAfarAsync()
    {
        _connection = await Connections.OpenAsync(Link);
        await _connection.ReceiveAsync("""{"type":"hello","id":1,"producer":"p"}"""u8.ToArray());
        var attach = Session.ExpectMsg<SessionRequest.Attach>();
        Connection = Session.LastSender;
        Part = ((ActorRefWithCell)((LocalActorRef)Connection).Parent);
        Connection.Tell(new SessionReply.Attached(attach.Tag, ConnectionRig.Attachment, null), new NamedRef("session", Afar));
        await AwaitAssertAsync(() => Link.Messages.ShouldHaveSingleItem().ShouldContain("welcome"));
        return new SessionHold(attach.Session, ConnectionRig.Attachment, attach.Connection);
    }

    private async Task AttachesAgainAsync()
    {
        await AwaitAssertAsync(() =>
        {
            Pass(Setup.SweepEvery);
            Session.HasMessages.ShouldBeTrue();
        });
        Session.ExpectMsg<SessionRequest.Attach>().Held!.Attachment.ShouldBe(ConnectionRig.Attachment);
    }

    /// <summary>Once its parent and what that sends at its own pace have been heard.</summary>
    private async Task SettleAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await HeardAsync(Part);
            Pass(Setup.SweepEvery);
        }
    }

    /// <summary>What was sent to it before has been handled.</summary>
    private static async Task HeardAsync(IActorRef actor) => await actor.Ask<ActorIdentity>(new Identify(1)).Within("an actor to hear what was sent to it");
}
