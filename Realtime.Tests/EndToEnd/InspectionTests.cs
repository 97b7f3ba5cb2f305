using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Feeds;

namespace Realtime.Tests.EndToEnd;

/// <summary>What operators see of sessions, and do to them.</summary>
[Collection(ActorSystems.Name)]
public sealed class InspectionTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    [Fact]
    public async Task An_operator_sees_a_connection_its_session_and_its_channel_and_makes_the_client_connect_again()
    {
        var node = shared.Node;
        await using var client = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"chat:room\"}]");
        var session = await node.SessionAsync(client);

        var channel = (await node.AskChannelAsync(new ChannelRequest.Inspect(Room, 1))).ShouldBeOfType<ChannelReply.Inspected>().Info;
        channel.Feeds.ShouldBe([TestNode.Settings.Node]);
        var live = (await node.Runtime.Connections.InspectAsync(session, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        live.Session.ShouldBe(session);
        live.Subscriptions.ShouldBe([new LiveSubscription(Room, channel.Head!.Value, channel.Head.Value, false)]);
        var info = await node.InspectAsync(session);
        (info.Phase, info.Node, info.Connection).ShouldBe((SessionPhase.Attached, TestNode.Settings.Node, live.Connection));
        info.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Room);
        info.History.Select(item => item.What).ShouldBe([SessionChange.Opened]);

        (await node.AskSessionAsync(new SessionRequest.Disconnect(session, 1, true, null))).ShouldBeOfType<SessionReply.Done>();
        await BadInputTests.ShouldCloseAsync(client, (int)CloseCode.Disconnected, final: false);

        var left = await node.InspectAsync(session);
        (left.Phase, left.Node, left.History[^1].What).ShouldBe((SessionPhase.Detached, null, SessionChange.Disconnected));
        (await node.AskChannelAsync(new ChannelRequest.Inspect(ChannelName.Parse("nowhere:x"), 1)))
            .ShouldBeOfType<ChannelReply.Refused>().Code.ShouldBe(ErrorCode.NotFound);
    }

    [Fact]
    public async Task A_parked_session_is_as_it_was_after_it_was_looked_at()
    {
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Sessions = new() { Grace = TimeSpan.FromMilliseconds(200) } });
        var client = await RawClient.HelloAsync(node.Url, "\"subscriptions\":[{\"channel\":\"chat:room\"}]");
        var session = await node.SessionAsync(client);
        await client.CloseAsync();

        // It was written, left memory, and was read back to be looked at.
        await node.UntilAsync(session, info => info is { Phase: SessionPhase.Parked, History: [{ What: SessionChange.Loaded }] });

        var first = await node.InspectAsync(session);
        var second = await node.InspectAsync(session);

        (first.Phase, second.Phase, second.Expires).ShouldBe((SessionPhase.Parked, SessionPhase.Parked, first.Expires.ShouldNotBeNull()));
        first.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Room);

        (await node.AskSessionAsync(new SessionRequest.Disconnect(session, 1, false, null))).ShouldBeOfType<SessionReply.Done>();
        (await node.AskSessionAsync(new SessionRequest.Inspect(session, 1))).ShouldBeOfType<SessionReply.Unknown>();
    }

    [Theory]
    [InlineData(true, "normal")]
    [InlineData(false, "lost")]
    public async Task The_history_tells_a_client_that_closed_from_one_that_was_lost(bool closes, string why)
    {
        var node = shared.Node;
        await using var client = await RawClient.HelloAsync(node.Url);
        var session = await node.SessionAsync(client);
        if (closes)
        {
            await client.CloseAsync();
        }
        else
        {
            client.Cut();
        }

        // That the connection has ended may be known before why.
        await node.UntilAsync(session, info => info.History[^1] is { What: SessionChange.Detached, Why: { } known } && known == why);
    }

    [Fact]
    public async Task A_client_that_is_disconnected_may_come_back_and_one_that_is_kicked_is_told_to_stay_away()
    {
        var node = shared.Node;
        await using var client = await RawClient.HelloAsync(node.Url);
        var session = await node.SessionAsync(client);
        await node.AskSessionAsync(new SessionRequest.Disconnect(session, 1, true, null));
        await BadInputTests.ShouldCloseAsync(client, 4007, final: false);

        await using var again = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\"");
        ((bool)again.Welcome["resumed"]!).ShouldBeTrue();
        await node.AskSessionAsync(new SessionRequest.Disconnect(session, 2, false, null));
        await BadInputTests.ShouldCloseAsync(again, 4205, final: true);
        await using var later = await RawClient.HelloAsync(node.Url, $"\"session\":\"{client.Session}\"");
        ((bool)later.Welcome["resumed"]!).ShouldBeFalse();
    }
}
