using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>What operators see of sessions, and do to them, on whatever node they live.</summary>
public sealed class InspectionTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    [Fact]
    public async Task A_session_that_moves_keeps_its_connection_its_history_and_can_be_ended_from_its_new_owner()
    {
        await using var nodes = await TwoNodes.StartAsync();
        var (connection, link, session) = await TwoNodes.ConnectAsync(nodes.First);
        var far = await TwoNodes.InspectAsync(nodes.Second, session);
        (far.Phase, far.Node, far.Connection).ShouldBe((SessionPhase.Attached, new NodeId("a"), connection.Id));
        far.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Room);
        far.History.Select(item => item.What).ShouldBe([SessionChange.Opened]);

        await nodes.First.HandOffAsync(TestContext.Current.CancellationToken).Within("the hand-off");
        var moved = await TwoNodes.InspectAsync(nodes.First, session);

        (moved.Phase, moved.Node, moved.Connection).ShouldBe((SessionPhase.Attached, new NodeId("a"), connection.Id));
        moved.Since.ShouldBe(far.Since);
        moved.History.Select(item => (item.What, item.Node)).Take(2).ShouldBe([(SessionChange.Opened, new NodeId("a")), (SessionChange.Moved, new NodeId("b"))]);

        var kick = await TwoNodes.AskAsync(nodes.Second, EntityAddress.Of(session), new SessionRequest.Disconnect(false, "misuse"));
        kick.ShouldBeOfType<SessionReply.Done>();
        await Soon.IsTrueAsync(() => link.Closed is not null, "the goodbye");
        link.Closed.ShouldBe(CloseCode.Kicked);
        (await nodes.Store.LoadAsync(session, TestContext.Current.CancellationToken)).ShouldBeNull();
        connection.LinkLost();
        (await TwoNodes.AskAsync(nodes.First, EntityAddress.Of(session), new SessionRequest.Inspect())).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Fact]
    public async Task An_operator_on_another_node_makes_a_client_connect_again_and_sees_its_channel()
    {
        await using var nodes = await TwoNodes.StartAsync();
        var (connection, link, session) = await TwoNodes.ConnectAsync(nodes.First);

        var channel = (await TwoNodes.AskAsync(nodes.Second, EntityAddress.Of(Room), new ChannelRequest.Inspect())).ShouldBeOfType<ChannelReply.Inspected>().Account;
        channel.Listeners.ShouldBe([new NodeId("a")]);
        var live = (await nodes.First.Connections.InspectAsync(session, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (live.Connection, live.Session).ShouldBe((connection.Id, session));
        live.Subscriptions.ShouldBe([new LiveSubscription(Room, channel.Head, channel.Head, false)]);
        (await nodes.First.Connections.InspectAsync(connection.Id, TestContext.Current.CancellationToken))!.Session.ShouldBe(session);
        (await nodes.Second.Connections.InspectAsync(session, TestContext.Current.CancellationToken)).ShouldBeNull();
        nodes.First.Connections.QueuedBytes.ShouldBe(0);

        var done = await TwoNodes.AskAsync(nodes.Second, EntityAddress.Of(session), new SessionRequest.Disconnect(true, null));
        done.ShouldBeOfType<SessionReply.Done>();
        await Soon.IsTrueAsync(() => link.Closed is not null, "the goodbye");
        link.Closed.ShouldBe(CloseCode.Disconnected);
        connection.LinkLost(byPeer: true);

        var left = await TwoNodes.InspectAsync(nodes.Second, session);
        (left.Phase, left.Node, left.History[^1].What).ShouldBe((SessionPhase.Detached, null, SessionChange.Disconnected));
        (await TwoNodes.AskAsync(nodes.Second, EntityAddress.Of(ChannelName.Parse("nowhere:x")), new ChannelRequest.Inspect()))
            .ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.NotFound);
    }

    [Fact]
    public async Task A_parked_session_is_as_it_was_after_it_was_looked_at_and_its_row_too()
    {
        var clock = new ManualClock();
        await using var node = await TestNode.StartAsync(time: clock);
        var client = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"chat:room\"}]");
        var session = await SessionOfAsync(node);
        await client.CloseAsync();
        await node.GoneAsync(0);
        await UntilAsync(node, session, SessionPhase.Parked, clock);
        var row = (await node.Store.LoadAsync(session, TestContext.Current.CancellationToken)).ShouldNotBeNull();

        var first = await TwoNodes.InspectAsync(node.Runtime, session);
        clock.Advance(TimeSpan.FromSeconds(1));
        var second = await TwoNodes.InspectAsync(node.Runtime, session);

        (first.Phase, first.Expires, second.Expires).ShouldBe((SessionPhase.Parked, row.ExpiresAt, row.ExpiresAt));
        first.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Room);
        second.History.ShouldHaveSingleItem().At.ShouldBeGreaterThan(first.History.ShouldHaveSingleItem().At, "it had left memory in between");
        (await node.Store.LoadAsync(session, TestContext.Current.CancellationToken))!.Revision.ShouldBe(row.Revision);

        (await TwoNodes.AskAsync(node.Runtime, EntityAddress.Of(session), new SessionRequest.Disconnect(false, null))).ShouldBeOfType<SessionReply.Done>();
        (await node.Store.LoadAsync(session, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Theory]
    [InlineData(true, "normal")]
    [InlineData(false, "lost")]
    public async Task The_history_tells_a_client_that_closed_from_one_that_was_lost(bool closes, string why)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await RawClient.HelloAsync(node.Url);
        var session = await SessionOfAsync(node);
        if (closes)
        {
            await client.CloseAsync();
        }
        else
        {
            client.Cut();
        }

        await UntilAsync(node, session, SessionPhase.Detached, null);
        var last = (await TwoNodes.InspectAsync(node.Runtime, session)).History[^1];
        (last.What, last.Why).ShouldBe((SessionChange.Detached, why));
    }

    [Fact]
    public async Task A_client_that_is_disconnected_may_come_back_and_one_that_is_kicked_is_told_to_stay_away()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await RawClient.HelloAsync(node.Url);
        var session = await SessionOfAsync(node);
        await TwoNodes.AskAsync(node.Runtime, EntityAddress.Of(session), new SessionRequest.Disconnect(true, null));
        await BadInputTests.ShouldCloseAsync(client, 4007, final: false);

        await using var again = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\"");
        ((bool)again.Welcome["resumed"]!).ShouldBeTrue();
        await TwoNodes.AskAsync(node.Runtime, EntityAddress.Of(session), new SessionRequest.Disconnect(false, null));
        await BadInputTests.ShouldCloseAsync(again, 4205, final: true);
        await using var later = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\"");
        ((bool)later.Welcome["resumed"]!).ShouldBeFalse();
    }

    /// <summary>The client has its welcome a moment before others can see that.</summary>
    private static async Task<SessionId> SessionOfAsync(TestNode node)
    {
        var here = new List<MoveCandidate>();
        await Soon.IsTrueAsync(
            () =>
            {
                node.Runtime.Connections.Collect(here);
                return here.Count > 0;
            },
            "the connection to be welcomed");
        return here.ShouldHaveSingleItem().Session;
    }

    /// <summary>Asks again and again: what a session goes through is announced to nobody.</summary>
    private static async Task UntilAsync(TestNode node, SessionId session, SessionPhase phase, ManualClock? clock)
    {
        using var deadline = new CancellationTokenSource(RawClient.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await TwoNodes.InspectAsync(node.Runtime, session)).Phase != phase)
        {
            clock?.Advance(TimeSpan.FromSeconds(1));
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }
}
