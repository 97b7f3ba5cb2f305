using System.Collections.Concurrent;
using System.Text.Json;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Client;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Events;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Outboxes;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Application;
using Realtime.Tests.Support;

namespace Realtime.Tests.Webhooks;

/// <summary>What happens to sessions, channels and members reaches the application's endpoint: at least once, in order, under the same ids.</summary>
[Collection(ActorSystems.Name)]
public sealed class EventDeliveryTests
{
    [Fact]
    public async Task What_happens_is_posted_in_its_order()
    {
        await using var app = await Endpoint.StartAsync(_ => "{}");
        await using var node = await StartAsync(app.Url);
        var client = await node.ConnectAsync();
        var room = client.Subscribe("chat:room", new SubscribeOptions { Presence = JsonElement.Parse("""{"mood":"well"}""") });
        await room.Ready;
        await ReceivedAsync(app, 3);

        await room.UnsubscribeAsync();
        await ReceivedAsync(app, 4);

        var events = Events(app);
        Of(events, "chat:room").ShouldBe(["channel_occupied", "member_joined", "member_left"]);
        events.Where(posted => !posted.Json.TryGetProperty("channel", out _)).Select(posted => posted.Json.GetProperty("event").GetString()).ShouldBe(["session_opened"]);
        var joined = events.Single(posted => posted.Json.GetProperty("event").GetString() == "member_joined");
        joined.Json.GetProperty("data").GetProperty("mood").GetString().ShouldBe("well");
        (joined.Headers["Realtime-Id"], joined.Headers["Idempotency-Key"]).ShouldBe((joined.Json.GetProperty("id").GetString(), joined.Json.GetProperty("id").GetString()));
        events.Select(posted => posted.Headers["Realtime-Id"]).ShouldBeUnique();
    }

    [Fact]
    public async Task An_endpoint_that_fails_again_and_again_gets_each_event_and_each_channels_in_their_order()
    {
        var count = 0;
        var taken = new ConcurrentQueue<Endpoint.Posted>();
        await using var app = await Endpoint.StartAsync((posted, response) =>
        {
            if (Interlocked.Increment(ref count) % 3 == 0)
            {
                response.StatusCode = 503;
            }
            else
            {
                taken.Enqueue(posted);
            }

            return Task.CompletedTask;
        });
        await using var node = await StartAsync(app.Url, endpoint => endpoint.Hooks = ["occupancy"]);
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 6; i++)
            {
                await ReportAsync(node, EventKind.ChannelOccupied, $"chat:room-{i}");
                await ReportAsync(node, EventKind.ChannelVacated, $"chat:room-{i}");
            }
        }

        await Soon.IsTrueAsync(() => taken.DistinctBy(posted => posted.Headers["Realtime-Id"]).Count() == 240, "all events");

        for (var i = 0; i < 6; i++)
        {
            Of(taken, $"chat:room-{i}").ShouldBe(Enumerable.Repeat(new[] { "channel_occupied", "channel_vacated" }, 20).SelectMany(pair => pair));
        }
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_a_dead_letter_which_is_listed_and_replayed_and_the_next_one_goes_on()
    {
        var isWell = false;
        await using var app = await Endpoint.StartAsync((posted, response) =>
        {
            response.StatusCode = isWell || posted.Json.GetProperty("event").GetString() == "channel_vacated" ? 204 : 500;
            return Task.CompletedTask;
        });
        await using var node = await StartAsync(app.Url, endpoint => (endpoint.Hooks, endpoint.EventAttempts) = (["occupancy"], 3));
        await ReportAsync(node, EventKind.ChannelOccupied, "chat:room");
        var desk = node.Services.GetRequiredService<EventDesk>();
        var target = desk.Find("app")!;
        await Soon.IsTrueAsync(async () => (await desk.DeadAsync(target, default)).Count == 1, "a dead letter");
        await ReportAsync(node, EventKind.ChannelVacated, "chat:room");
        await ReceivedAsync(app, 4);

        var letter = (await desk.DeadAsync(target, default)).Single();
        (letter.Tries, letter.Why).ShouldBe((3, "it answered with status 500"));
        (await desk.ReplayAsync(target, letter, default)).ShouldBe("it answered with status 500");
        isWell = true;
        (await desk.ReplayAsync(target, letter, default)).ShouldBeNull();

        (await desk.DeadAsync(target, default)).ShouldBeEmpty();
        app.Requests.Last().Headers["Realtime-Id"].ShouldBe(letter.Event.Id);
    }

    [Fact]
    public async Task Places_survive_a_restart_and_nothing_is_told_twice()
    {
        using var folder = new TemporaryFolder();
        await using var app = await Endpoint.StartAsync(_ => "{}");
        await using (var node = await StartAsync(app.Url, store: folder.Store()))
        {
            for (var i = 0; i < 40; i++)
            {
                await ReportAsync(node, EventKind.ChannelOccupied, $"chat:room-{i}");
            }

            await ReceivedAsync(app, 40);
            await node.StopAsync();
        }

        await using var later = await StartAsync(app.Url, store: folder.Store());
        await ReportAsync(later, EventKind.ChannelOccupied, "chat:room-0");
        await ReportAsync(later, EventKind.ChannelVacated, "chat:room-0");
        await Soon.IsTrueAsync(() => Of(Events(app), "chat:room-0").Count == 2, "an event of the second life");

        app.Requests.Select(posted => posted.Headers["Realtime-Id"]).ShouldBeUnique();
        app.Requests.Count.ShouldBe(41);
    }

    [Fact]
    public async Task What_was_not_delivered_before_a_crash_is_delivered_after_it()
    {
        using var folder = new TemporaryFolder();
        var isWell = false;
        await using var app = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = isWell ? 204 : 500));
        await using (var node = await StartAsync(app.Url, store: folder.Store()))
        {
            await ReportAsync(node, EventKind.ChannelOccupied, "chat:room");
            await ReportAsync(node, EventKind.ChannelVacated, "chat:room");
            await ReceivedAsync(app, 1);
        }

        isWell = true;
        await using var later = await StartAsync(app.Url, store: folder.Store());
        await Soon.IsTrueAsync(() => Of(Events(app), "chat:room").Count == 2, "both events");

        Of(Events(app), "chat:room").ShouldBe(["channel_occupied", "channel_vacated"]);
    }

    internal static List<Endpoint.Posted> Events(Endpoint app) => [.. app.Requests.Where(posted => posted.Hook == "event")];

    internal static List<string> Of(IEnumerable<Endpoint.Posted> posted, string channel) =>
    [
        .. posted.DistinctBy(one => one.Headers["Realtime-Id"])
            .Where(one => one.Json.TryGetProperty("channel", out var name) && name.GetString() == channel)
            .Select(one => one.Json.GetProperty("event").GetString()!),
    ];

    private static async Task ReportAsync(ApplicationNode node, EventKind kind, string channel)
    {
        var report = new EventReport(kind, ChannelName.Parse(channel), default, null);
        var region = node.Services.GetRequiredService<NodeRuntime>().Operated.Channels;
        (await region.Ask<ChannelReply>(new ChannelRequest.Publish(report.Partition.Log, 1, report.Write(), default, null), TimeSpan.FromSeconds(10))).ShouldBeOfType<ChannelReply.Published>();
    }

    private static Task ReceivedAsync(Endpoint app, int count) => Soon.IsTrueAsync(() => app.Requests.Count >= count, $"{count} requests, not {app.Requests.Count}");

    private static Task<ApplicationNode> StartAsync(string url, Action<WebhookEndpointOptions>? with = null, EventStore? store = null) => ApplicationNode.StartAsync(
        _ => { },
        store,
        options =>
        {
            options.Sessions.Grace = TimeSpan.FromMilliseconds(200);
            options.Sessions.OrphanGrace = TimeSpan.FromSeconds(1);
            var endpoint = DecisionTests.Options(url, "sessions,occupancy,members");
            (endpoint.EventFirstRetry, endpoint.EventLongestRetry) = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200));
            with?.Invoke(endpoint);
            options.Webhooks.Endpoints["app"] = endpoint;
        });

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("realtime-webhooks").FullName;

        public Realtime.Node.Persistence.Store.Sqlite.SqliteEventStore Store() => new(new(Path.Combine(_path, "events.db")));

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
