using System.Collections.Concurrent;
using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Client;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Application;
using Realtime.Node.Events;
using Realtime.Node.Hosting;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Application;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Events;

/// <summary>What clients do, as the reports on the outboxes of a whole node say it, over a real store, and what handlers are told of it.</summary>
public abstract class EventReportSuite
{
    private const string Room = "chat:room";

    private readonly ConcurrentQueue<string> _told = [];

    internal abstract ValueTask<StoreOfReports> CreateStoreAsync();

    [Fact]
    public async Task What_clients_do_is_reported_once_in_its_order_and_handlers_are_told_of_it()
    {
        await using var stores = await CreateStoreAsync();
        await using var node = await StartAsync(stores.Open());
        var ann = await node.ConnectAsync();
        ann.Subscribe(Room, new SubscribeOptions { Presence = JsonElement.Parse("""{"mood":"calm"}""") });
        await UntilAsync(node, Channel, ["ChannelOccupied", "MemberJoined"]);
        await ann.UpdatePresenceAsync(Room, new { mood = "busy" }, TestContext.Current.CancellationToken);
        await UntilAsync(node, Channel, ["ChannelOccupied", "MemberJoined", "MemberChanged"]);

        await ann.CloseAsync();
        await UntilAsync(node, Channel, ["ChannelOccupied", "MemberJoined", "MemberChanged", "MemberLeft", "ChannelVacated"]);
        await UntilAsync(node, Session, ["SessionOpened", "SessionClosed bye"]);

        // Each of them once, as long as nobody is lost; those of one channel in their order, with another session's beside them.
        string[] channel = [$"occupied {Room}", "joined calm", "changed busy", "left busy", $"vacated {Room}"];
        await Soon.IsTrueAsync(() => _told.Count >= 7, "the handlers to be told");
        _told.ShouldBe(["opened", "closed bye", .. channel], ignoreOrder: true);
        _told.Where(channel.Contains).ShouldBe(channel);
        _told.Where(told => !channel.Contains(told)).ShouldBe(["opened", "closed bye"]);
    }

    [Fact]
    public async Task A_restart_makes_no_event_and_what_nobody_comes_back_for_is_reported_by_who_is_asked()
    {
        await using var stores = await CreateStoreAsync();
        SessionId session;
        await using (var node = await StartAsync(stores.Open()))
        {
            await using var raw = await EndToEnd.RawClient.HelloAsync(node.Url);
            await raw.SendAsync("""{"type":"subscribe","id":5,"channel":"chat:room","presence":{"mood":"calm"}}""");
            await UntilAsync(node, Channel, ["ChannelOccupied", "MemberJoined"]);
            session = (await Outboxes.EventsAsync(Channels(node))).First(happened => happened.Kind is EventKind.SessionOpened).Session;
        }

        await using var later = await StartAsync(stores.Open());
        var (before, folds, _) = await Outboxes.ReadAsync(Channels(later));
        before.Select(happened => $"{happened.Kind}").ShouldBe(["SessionOpened", "ChannelOccupied", "MemberJoined"], ignoreOrder: true);
        var sessions = later.Services.GetRequiredService<NodeRuntime>().Operated.Sessions;
        foreach (var open in folds.SelectMany(fold => fold.Open))
        {
            open.ShouldBe(session);
            await sessions.Ask<SessionReply.Done>(new SessionRequest.Report(open, 1)).Within("the session to take over");
        }

        foreach (var (fold, channel) in folds.SelectMany(fold => fold.Occupied.Union(fold.WithMembers).Select(channel => (fold, channel))))
        {
            await Channels(later).Ask<Realtime.Messages.Channels.ChannelReply.Noted>(
                new Realtime.Messages.Channels.ChannelRequest.Report(channel, 1, [.. fold.MembersOf(channel)])).Within("the channel to take over");
        }

        await UntilAsync(later, happened => happened is { Channel: not null, Kind: EventKind.ChannelOccupied or EventKind.ChannelVacated }, ["ChannelOccupied", "ChannelVacated"]);
        await UntilAsync(later, happened => happened is { Channel: not null, Session.IsNone: false }, ["MemberJoined", "MemberLeft"]);
        (await Outboxes.TextsAsync(Channels(later), Session)).ShouldBe(["SessionOpened"], "it waits for its client");
    }

    [Fact]
    public async Task Where_the_application_has_no_handlers_of_events_nothing_is_written()
    {
        await using var stores = await CreateStoreAsync();
        await using var node = await ApplicationNode.StartAsync(realtime => realtime.OnCall("add", () => 1), stores.Open());
        var ann = await node.ConnectAsync();
        ann.Subscribe(Room, new SubscribeOptions { Presence = JsonElement.Parse("1") });
        await ann.CallAsync("add", 1);
        await ann.CloseAsync();

        (await Outboxes.ReadAsync(Channels(node))).Reports.ShouldBe(0);
        node.Services.GetServices<IEventTarget>().ShouldBeEmpty();
    }

    private static bool Channel(ApplicationEvent happened) => happened.Channel is { Value: Room };

    private static bool Session(ApplicationEvent happened) => happened.Channel is null;

    private static IActorRef Channels(ApplicationNode node) => node.Services.GetRequiredService<NodeRuntime>().Operated.Channels;

    private static Task UntilAsync(ApplicationNode node, Func<ApplicationEvent, bool> of, string[] texts) => Soon.IsTrueAsync(
        async () => (await Outboxes.TextsAsync(Channels(node), of)).SequenceEqual(texts), string.Join(", ", texts) + " to be reported");

    private Task<ApplicationNode> StartAsync(EventStore store) => ApplicationNode.StartAsync(
        realtime => realtime
            .OnSessionOpened((SessionContext _) => Tell("opened"))
            .OnSessionClosed((SessionContext session) => Tell($"closed {session.Reason}"))
            .OnChannelOccupied("chat:*", (ChannelContext channel) => Tell($"occupied {channel.Channel}"))
            .OnChannelVacated("chat:*", (ChannelContext channel) => Tell($"vacated {channel.Channel}"))
            .OnMemberJoined("chat:*", (Mood mood) => Tell($"joined {mood.Text}"))
            .OnMemberChanged("chat:*", (MemberContext _, Mood mood) => Tell($"changed {mood.Text}"))
            .OnMemberLeft("chat:*", (MemberContext member) => Tell($"left {member.Data!.Value.GetProperty("mood").GetString()}")),
        store,
        options => (options.Sessions.Grace, options.Sessions.OrphanGrace) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100)));

    private void Tell(string text) => _told.Enqueue(text);

    public sealed record Mood([property: System.Text.Json.Serialization.JsonPropertyName("mood")] string Text);
}
