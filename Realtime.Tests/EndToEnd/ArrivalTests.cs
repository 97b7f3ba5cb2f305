using System.Net;
using System.Net.WebSockets;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Gateway;

namespace Realtime.Tests.EndToEnd;

/// <summary>What the door of a node does when too many come.</summary>
[Collection(ActorSystems.Name)]
public sealed class ArrivalTests
{
    private static readonly AdmissionPolicy Narrow = new() { Handshakes = 1, HandshakeBurst = 1, Resumes = 1, ResumeBurst = 3 };

    [Fact]
    public async Task Over_the_limit_a_handshake_is_refused_before_the_upgrade_with_a_time_to_come_again()
    {
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Admission = Narrow }, time: new Support.ManualClock());
        await using var first = await RawClient.HelloAsync(node.Url);

        var (status, wait) = await RefusedAsync(node.Url, "");

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        wait.ShouldBeInRange(1, 30);
        node.Runtime.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Those_who_come_back_and_those_with_a_ticket_get_in_when_newcomers_do_not()
    {
        var clock = new Support.ManualClock();
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Admission = Narrow }, time: clock);
        await using var first = await RawClient.HelloAsync(node.Url);
        await RefusedAsync(node.Url, "");

        await using var back = await RawClient.HelloAsync(node.Url, $"\"session\":\"{first.Session}\"", "?resume=1");
        ((bool)back.Welcome["resumed"]!).ShouldBeTrue();

        var ticket = node.Runtime.Gateway.Tickets.Issue(TestNode.Settings.Node, clock.GetUtcNow(), 1);
        await using var placed = await RawClient.HelloAsync(node.Url, "", $"?ticket={ticket}");
        await RefusedAsync(node.Url, $"?ticket={ticket}");
        node.Runtime.Admission.Tickets(TicketVerdict.Used).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_claims_to_come_back_and_does_not_is_a_newcomer_and_told_so_when_there_is_no_room()
    {
        await using var node = await TestNode.StartAsync(TestNode.Settings with { Admission = Narrow }, time: new Support.ManualClock());
        await using var honest = await RawClient.HelloAsync(node.Url, "\"session\":\"not ours\"", "?resume=1");
        ((bool)honest.Welcome["resumed"]!).ShouldBeFalse("a lost session is no fault while there is room");

        await using var liar = await RawClient.OpenAsync(node.Url, query: "?resume=1");
        await liar.SendAsync("""{"type":"hello","id":1}""");

        await BadInputTests.ShouldCloseAsync(liar, 1013, final: false);
        liar.Frames.ShouldNotContain(frame => RawClient.TypeOf(frame) == "welcome");
    }

    private static async Task<(HttpStatusCode Status, int Wait)> RefusedAsync(Uri node, string query)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Should.ThrowAsync<WebSocketException>(
            () => socket.ConnectAsync(new UriBuilder(node) { Scheme = "ws", Path = "/v1/connect", Query = query }.Uri, CancellationToken.None));
        return (socket.HttpStatusCode, int.Parse(socket.HttpResponseHeaders!["Retry-After"].Single()));
    }
}
