using System.Net;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Operations;

/// <summary>Looking at a node that is alone on its store.</summary>
[Collection(ActorSystems.Name)]
public sealed class NodeQuestionTests(LoneNode lone) : IClassFixture<LoneNode>
{
    [Fact]
    public async Task The_cluster_is_this_node_and_all_shards_are_here()
    {
        var status = await lone.Node.GetAsync("cluster", OperatorJson.Default.ClusterStatus);

        status.ShouldSatisfyAllConditions(
            () => status.Node.ShouldBe("a"),
            () => status.Clustered.ShouldBeFalse(),
            () => status.Members.ShouldBeEmpty("it is alone on its store"),
            () => status.Standing.ShouldBe("sure"),
            () => status.StoreEpoch.ShouldBe(lone.Journals.Store.Epoch),
            () => status.Store.ShouldBe(new StoreStatus("memory", false, true, null)),
            () => status.Shards.ShouldBe(new ShardCounts(512, 0, 0)),
            () => status.Paused.ShouldBeEmpty(),
            () => status.Unreachable.ShouldBeEmpty(),
            () => status.Nodes.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                node => node.Name.ShouldBe("a"), node => node.Status.ShouldBe("active"), node => node.Shards.ShouldBe(512), node => node.Reachable.ShouldBeTrue(), node => node.Capacity.ShouldBe(1234)));
    }

    [Fact]
    public async Task A_node_says_how_it_is()
    {
        var a = await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus);

        var live = a.Live.ShouldNotBeNull();
        a.ClientUrl.ShouldBe("wss://a.example.com");
        live.Phase.ShouldBe("serving");
        live.Obstacles.ShouldBeEmpty();
        live.Memory.ShouldBeGreaterThan(1_000_000);
        live.LogLevel.ShouldBe("critical");
        live.Journals.Select(journal => (journal.Name, journal.Breaker, journal.LastFailure)).ShouldBe([("channels", "closed", null), ("sessions", "closed", null)]);
        (await lone.Node.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "nodes/z")).ShouldSatisfyAllConditions(
            error => error.Field.ShouldBe("node"), error => error.Message.ShouldContain("Nodes: a."));
    }

    [Fact]
    public async Task What_is_in_memory_is_counted_by_kind_and_by_shard()
    {
        await using var client = await RawClient.HelloAsync(lone.Node.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:counted"}""");
        var session = await lone.Node.GetAsync($"shards/locate?session={OperatedApp.IdOf(client)}", OperatorJson.Default.ShardLocation);
        var channel = await lone.Node.GetAsync("shards/locate?channel=chat:counted", OperatorJson.Default.ShardLocation);
        session.ShouldBe(new ShardLocation("session", OperatedApp.IdOf(client), EntityShards.Number(OperatedApp.IdOf(client)), "a"));
        channel.ShouldBe(new ShardLocation("channel", "chat:counted", EntityShards.Number("chat~3acounted"), "a"));

        (await lone.Node.GetAsync($"shards/session/{session.Shard}", OperatorJson.Default.ShardStatus)).Entities.ShouldNotBeNull().ShouldBeGreaterThan(0);
        (await lone.Node.GetAsync($"shards/channel/{channel.Shard}", OperatorJson.Default.ShardStatus)).Entities.ShouldNotBeNull().ShouldBeGreaterThan(0);
        var all = (await lone.Node.GetAsync("shards", OperatorJson.Default.ShardPage)).Shards;
        var live = (await lone.Node.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!;
        all.Where(shard => shard.Kind == "session").Sum(shard => shard.Entities).ShouldNotBeNull().ShouldBeGreaterThan(0);
        live.Sessions.ShouldNotBeNull().ShouldBeGreaterThan(0);
        live.Channels.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Configuration_is_that_of_the_node_and_without_secrets()
    {
        var report = await lone.Node.GetAsync("nodes/a/config", OperatorJson.Default.ConfigurationReport);

        report.Node.ShouldBe("a");
        report.Settings.ShouldContain(new ConfigurationReport.Setting("Realtime:Node", "a"));
        report.Settings.ShouldContain(new ConfigurationReport.Setting("Realtime:MaxConnections", "1234"));
    }

    [Fact]
    public async Task Shards_by_page_by_node_and_by_state()
    {
        var first = await lone.Node.GetAsync("shards?limit=5", OperatorJson.Default.ShardPage);
        var second = await lone.Node.GetAsync($"shards?limit=1000&after={first.Next}", OperatorJson.Default.ShardPage);
        first.Shards.Concat(second.Shards).Select(shard => (shard.Kind, shard.Shard)).ShouldBe(
            Enumerable.Range(0, 256).Select(shard => ("session", shard)).Concat(Enumerable.Range(0, 256).Select(shard => ("channel", shard))));
        first.Next.ShouldBe("session/4");
        second.Next.ShouldBeNull();
        first.Shards.ShouldAllBe(shard => shard.State == "here" && shard.Target == null && shard.Owner == "a" && shard.Entities != null);

        (await lone.Node.GetAsync("shards?kind=channel&node=a&state=here", OperatorJson.Default.ShardPage)).Shards.Count.ShouldBe(256);
        (await lone.Node.GetAsync("shards?state=free", OperatorJson.Default.ShardPage)).Shards.ShouldBeEmpty();
        var map = await lone.Node.GetAsync("shards/map", OperatorJson.Default.ShardMapReport);
        map.Nodes.ShouldBe(["a"]);
        map.Sessions.ShouldBe(Enumerable.Repeat(0, 256));
        map.Channels.ShouldBe(Enumerable.Repeat(0, 256));
        (await lone.Node.GetAsync("shards/moves", OperatorJson.Default.ShardMoveArray)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("shards/session/256", HttpStatusCode.NotFound, "shard")]
    [InlineData("shards/session/x", HttpStatusCode.NotFound, "shard")]
    [InlineData("shards/x/1", HttpStatusCode.NotFound, "kind")]
    [InlineData("shards?kind=x", HttpStatusCode.BadRequest, "kind")]
    [InlineData("shards?state=gone", HttpStatusCode.BadRequest, "state")]
    [InlineData("shards?node=z", HttpStatusCode.NotFound, "node")]
    [InlineData("shards?limit=0", HttpStatusCode.BadRequest, "limit")]
    [InlineData("shards?after=x", HttpStatusCode.BadRequest, "after")]
    [InlineData("shards/locate", HttpStatusCode.BadRequest, "session")]
    [InlineData("shards/locate?channel=nowhere:x", HttpStatusCode.NotFound, "channel")]
    [InlineData("shards/locate?session=x", HttpStatusCode.BadRequest, "session")]
    [InlineData("sessions?limit=1001", HttpStatusCode.BadRequest, "limit")]
    [InlineData("sessions?state=lost", HttpStatusCode.BadRequest, "state")]
    [InlineData("sessions?after=x", HttpStatusCode.BadRequest, "after")]
    [InlineData("sessions?node=z", HttpStatusCode.NotFound, "node")]
    [InlineData("channels?node=z", HttpStatusCode.NotFound, "node")]
    [InlineData("nodes/z/log", HttpStatusCode.NotFound, "node")]
    [InlineData("sessions/x", HttpStatusCode.BadRequest, "id")]
    [InlineData("sessions/AAAAAAAAAAAAAAAAAAAAAQ", HttpStatusCode.NotFound, "id")]
    [InlineData("channels/nowhere%3Ax", HttpStatusCode.NotFound, "channel")]
    [InlineData("channels/%01", HttpStatusCode.BadRequest, "name")]
    [InlineData("channels/x/messages?after=5", HttpStatusCode.BadRequest, "after")]
    [InlineData("channels/cursors%3Ax/messages", HttpStatusCode.Conflict, null)]
    [InlineData("nodes/a/log?level=loud", HttpStatusCode.BadRequest, "level")]
    [InlineData("events?after=-1", HttpStatusCode.BadRequest, "after")]
    [InlineData("nothing", HttpStatusCode.NotFound, null)]
    public async Task What_cannot_be_answered_names_the_parameter(string path, HttpStatusCode status, string? field) =>
        (await lone.Node.RefusedAsync(status, HttpMethod.Get, path)).Field.ShouldBe(field);

    [Fact]
    public async Task A_session_is_found_with_its_places_and_its_past()
    {
        await using var client = await RawClient.HelloAsync(lone.Node.Clients);
        foreach (var channel in new[] { "chat:seen/here", "cursors:seen" })
        {
            await client.AskAsync($$"""{"type":"subscribe","id":{{channel.Length}},"channel":"{{channel}}"}""");
        }

        await client.AskAsync("""{"type":"publish","id":3,"channel":"chat:seen/here","data":{"n":1}}""");
        await client.MessagesAsync("chat:seen/here", 1);
        var report = await lone.Node.GetAsync($"sessions/{OperatedApp.IdOf(client)}", OperatorJson.Default.SessionReport);

        report.Session.State.ShouldBe("attached");
        report.Session.ShouldSatisfyAllConditions(session => session.At.ShouldBe("a"), session => session.Owner.ShouldBe("a"), session => session.Subscriptions.ShouldBe(2));
        report.Connection.ShouldNotBeNull();
        report.Attachment.ShouldNotBeNull();
        report.Expires.ShouldBeNull();
        report.History.Select(happened => happened.What).ShouldContain("opened");
        var logged = report.Subscriptions.Single(subscription => subscription.Channel == "chat:seen/here");
        logged.Mode.ShouldBe("live");
        logged.Lag.ShouldBe(0);
        logged.Position.ShouldBe(logged.Head);
        report.Subscriptions.Single(subscription => subscription.Channel == "cursors:seen").ShouldSatisfyAllConditions(
            other => other.Head.ShouldBeNull(), other => other.Lag.ShouldBeNull());

        var channelReport = await lone.Node.GetAsync("channels/chat%3Aseen%2Fhere", OperatorJson.Default.ChannelReport);
        channelReport.Channel.Name.ShouldBe("chat:seen/here");
        channelReport.Channel.Durability.ShouldBe("journal");
        channelReport.Subscribers.ShouldBe([new ChannelSubscribers("a", 1, 0)]);
        (await lone.Node.GetAsync("channels?prefix=chat:seen&node=a", OperatorJson.Default.ChannelPage)).Channels.ShouldHaveSingleItem().Head.ShouldBe(channelReport.Channel.Head);
    }

    [Fact]
    public async Task A_channel_that_was_not_in_memory_is_read_back_to_say_where_it_stands()
    {
        var report = await lone.Node.GetAsync("channels/chat%3Afresh", OperatorJson.Default.ChannelReport);

        report.Channel.Head.ShouldNotBeNull().ShouldEndWith(":0");
        report.Tail.ShouldNotBeNull();
        report.Subscribers.ShouldBeEmpty();
        report.Shard.ShouldBe(EntityShards.Number("chat~3afresh"));
    }

    [Fact]
    public async Task Sessions_come_in_pages_in_the_order_of_their_ids()
    {
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < 5; i++)
            {
                clients.Add(await RawClient.HelloAsync(lone.Node.Clients));
            }

            var seen = new List<string>();
            string? next = null;
            do
            {
                var page = await lone.Node.GetAsync($"sessions?state=attached&node=a&limit=2{(next is null ? "" : $"&after={next}")}", OperatorJson.Default.SessionPage);
                page.Unreachable.ShouldBeEmpty();
                page.Sessions.Count.ShouldBeLessThanOrEqualTo(2);
                page.Sessions.ShouldAllBe(session => session.State == "attached");
                seen.AddRange(page.Sessions.Select(session => session.Id));
                next = page.Next;
            }
            while (next is not null);

            seen.ShouldBe(seen.Order(StringComparer.Ordinal).Distinct());
            clients.ShouldAllBe(client => seen.Contains(OperatedApp.IdOf(client)));
            (await lone.Node.GetAsync("sessions?user=nobody", OperatorJson.Default.SessionPage)).Sessions.ShouldBeEmpty();
            (await lone.Node.GetAsync("sessions?state=parked", OperatorJson.Default.SessionPage)).Sessions.ShouldBeEmpty();
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Messages_are_read_from_a_position_or_from_the_newest_on()
    {
        var positions = new List<string>();
        for (var i = 1; i <= 5; i++)
        {
            var (status, body) = await lone.Node.SendAsync(HttpMethod.Post, "channels/chat%3Aread/messages", $$$"""{"data":{"n":{{{i}}}}}""");
            status.ShouldBe(HttpStatusCode.OK, body);
            positions.Add(System.Text.Json.JsonSerializer.Deserialize(body, OperatorJson.Default.Published)!.Position.ShouldNotBeNull());
        }

        var newest = await lone.Node.GetAsync("channels/chat%3Aread/messages?limit=2", OperatorJson.Default.ChannelMessages);
        newest.Messages.Select(message => message.Position).ShouldBe(positions[^2..]);
        newest.Messages[^1].Data.GetProperty("n").GetInt32().ShouldBe(5);
        newest.Position.ShouldBe(positions[^1]);
        var after = await lone.Node.GetAsync($"channels/chat%3Aread/messages?after={positions[1]}", OperatorJson.Default.ChannelMessages);
        after.Messages.Select(message => message.Position).ShouldBe(positions[2..]);
        after.Gap.ShouldBeNull();
        var other = await lone.Node.GetAsync($"channels/chat%3Aread/messages?after=zzzz:3", OperatorJson.Default.ChannelMessages);
        other.Gap.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_log_and_its_level()
    {
        var said = await lone.Node.ActAsync("nodes/a/log/level", """{"level":"information","category":"Realtime.Node","seconds":60}""", HttpMethod.Put);
        said.Text.ShouldContain("Realtime.Node");
        var page = await lone.Node.GetAsync("nodes/a/log?category=Realtime.Node.Operations&level=warning&limit=1000", OperatorJson.Default.LogPage);
        page.Lines.ShouldContain(line => line.Text.Contains("Realtime.Node is information now", StringComparison.Ordinal));
        (await lone.Node.GetAsync($"nodes/a/log?after={page.Next}", OperatorJson.Default.LogPage)).Missed.ShouldBe(0);
        foreach (var (body, field) in new[]
        {
            ("""{"level":"loud"}""", "level"), ("""{"level":"debug","category":"a b"}""", "category"), ("""{"level":"debug","seconds":0}""", "seconds"), ("{}", "level"),
        })
        {
            (await lone.Node.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "nodes/a/log/level", body)).Field.ShouldBe(field);
        }
    }

    [Fact]
    public async Task Events_begin_with_the_start_and_go_on_from_where_one_was()
    {
        var page = await lone.Node.GetAsync("events?limit=1000&after=0", OperatorJson.Default.EventPage);

        page.Events[0].ShouldSatisfyAllConditions(happened => happened.What.ShouldBe("started"), happened => happened.Node.ShouldBe("a"));
        page.Events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, page.Events.Count).Select(number => (long)number));
        (await lone.Node.GetAsync($"events?after={page.Next}&limit=10", OperatorJson.Default.EventPage)).Missed.ShouldBe(0);
    }
}
