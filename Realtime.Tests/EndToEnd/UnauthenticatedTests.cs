using System.Net;
using System.Net.WebSockets;
using Realtime.Node.Connections;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Sockets that do not say who they are share a small part of the node, and who is somebody is served beside them.</summary>
[Collection(ActorSystems.Name)]
public sealed class UnauthenticatedTests
{
    private const int Places = 20;

    [Fact]
    public async Task Ten_times_as_many_silent_sockets_as_there_are_places_take_nothing_from_who_is_there()
    {
        await using var stage = await LimitStage.StartAsync(limits: LimitStage.Usual with { UnauthenticatedSockets = Places });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(rest: Neighbour.Subscription));
        var silent = new List<RawClient>();
        for (var i = 0; i < Places; i++)
        {
            silent.Add(await stage.OpenAsync($"203.0.113.{i}"));
        }

        for (var i = Places; i < 10 * Places; i++)
        {
            var (status, wait) = await stage.RefusedAsync($"203.0.113.{i}");
            status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            wait.ShouldBeInRange(5, 10);
        }

        stage.Refused(LimitScope.Unauthenticated, LimitKind.Sockets).ShouldBe(9 * Places);
        await neighbour.IsServedAsync();
        stage.Node.Runtime.SocketLimits.Pool.Sockets.ShouldBe(Places);

        // One of them turns out to be somebody, and leaves its place.
        await silent[0].SendAsync("""{"type":"hello","id":1}""");
        await silent[0].WaitAsync("welcome");
        await Soon.IsTrueAsync(() => stage.Node.Runtime.SocketLimits.Pool.Sockets == Places - 1, "a place");
        await using var newcomer = await stage.HelloAsync(LimitStage.There);

        stage.Clock.Advance(TimeSpan.FromSeconds(5));
        foreach (var client in silent.Skip(1))
        {
            await BadInputTests.ShouldCloseAsync(client, 4005, final: false);
        }

        await Soon.IsTrueAsync(() => stage.Node.Runtime.SocketLimits.Pool.Sockets == 0, "all places");
        await neighbour.IsServedAsync();
        foreach (var client in silent)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_they_have_sent_is_bounded_together_and_given_back()
    {
        await using var stage = await LimitStage.StartAsync(limits: LimitStage.Usual with { UnauthenticatedBytes = 100_000 });
        await using var neighbour = Neighbour.Of(await stage.HelloAsync(rest: Neighbour.Subscription));
        var part = new byte[40_000];
        part.AsSpan().Fill((byte)' ');
        await using var one = await stage.OpenAsync();
        await using var two = await stage.OpenAsync();
        await using var three = await stage.OpenAsync();
        await one.SendBytesAsync(part, WebSocketMessageType.Text, end: false);
        await two.SendBytesAsync(part, WebSocketMessageType.Text, end: false);
        await Soon.IsTrueAsync(() => stage.Node.Runtime.SocketLimits.Pool.Bytes == 80_000, "both parts");
        await three.SendBytesAsync(part, WebSocketMessageType.Text, end: false);

        await BadInputTests.ShouldCloseAsync(three, 1013, final: false);
        await neighbour.IsServedAsync();
        stage.Refused(LimitScope.Unauthenticated, LimitKind.Bytes).ShouldBeGreaterThan(0);
        one.Cut();
        two.Cut();
        three.Cut();
        await Soon.IsTrueAsync(() => stage.Node.Runtime.SocketLimits.Pool is { Bytes: 0, Sockets: 0 }, "everything to be given back");
        await using var newcomer = await stage.HelloAsync();
        stage.Node.Runtime.SocketLimits.Pool.Bytes.ShouldBe(0);
    }
}
