using System.Text.Json;
using Realtime.Client;
using Realtime.Messages.Operators;
using Realtime.Tests.Support;
using Realtime.Tests.Webhooks;

namespace Realtime.Tests.Pbm;

/// <summary><c>pbm webhook</c> against a node that is a process and an endpoint that takes events only when it is well.</summary>
public sealed class DeadLetterVerbTests
{
    private const string Prefix = "REALTIME__WEBHOOKS__ENDPOINTS__app__";

    [Fact]
    public async Task What_cannot_be_delivered_is_listed_replayed_and_dropped()
    {
        var isWell = false;
        await using var app = await Endpoint.StartAsync((_, response) =>
        {
            response.StatusCode = Volatile.Read(ref isWell) ? 204 : 422;
            return Task.CompletedTask;
        });
        await using var node = await RealCluster.StartAsync(
            1, ("REALTIME__WEBHOOKS__ALLOWHTTP", "true"), ("REALTIME__WEBHOOKS__ALLOWPRIVATEADDRESSES", "true"), (Prefix + "URL", app.Url),
            (Prefix + "SECRETS", "a-secret-of-this-test-and-no-other"), (Prefix + "HOOKS", "occupancy"), (Prefix + "CHANNELS", "chat:*"));
        var url = node.Operators[0];
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = node.Clients[0] });
        await client.Subscribe("chat:one").Ready.Within("the first subscription");
        await client.Subscribe("chat:two").Ready.Within("the second subscription");
        await Soon.IsTrueAsync(async () => (await DeadAsync()).Count == 2, "two dead letters");

        var dead = await DeadAsync();
        dead.Select(letter => (letter.Event, letter.Channel)).ShouldBe([("channel_occupied", "chat:one"), ("channel_occupied", "chat:two")], ignoreOrder: true);
        (await RunAsync("webhook dead app")).Output.ShouldContain("chat:two");
        (await RunAsync("webhook list")).Output.ShouldContain("app");

        var refused = await RunAsync("webhook replay app");
        refused.Code.ShouldBe(6, $"it is not well yet: {refused.Error}");
        Volatile.Write(ref isWell, true);
        var first = dead[0].Id;
        (await RunAsync($"webhook replay app {first}")).Code.ShouldBe(0);
        (await DeadAsync()).ShouldHaveSingleItem().Id.ShouldNotBe(first);
        app.Requests.Last().Headers["Realtime-Id"].ShouldBe(first);

        (await RunAsync("webhook drop app")).Code.ShouldNotBe(0, "nobody has said yes");
        (await DeadAsync()).ShouldHaveSingleItem();
        (await RunAsync("webhook drop app --yes")).Code.ShouldBe(0);
        (await DeadAsync()).ShouldBeEmpty();

        (await RunAsync("webhook dead nobody")).Code.ShouldBe(5);
        (await RunAsync("audit")).Output.ShouldContain("webhook");

        Task<PbmRun> RunAsync(string verb) => PbmRun.At(url, static around => around, verb.Split(' '));

        async Task<IReadOnlyList<DeadEvent>> DeadAsync()
        {
            var run = await RunAsync("webhook dead app --json");
            run.Code.ShouldBe(0, run.Error);
            return JsonSerializer.Deserialize(run.Output, OperatorJson.Default.DeadEventPage)!.Events;
        }
    }
}
