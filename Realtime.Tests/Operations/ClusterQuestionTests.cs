using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Operations;

/// <summary>Looking at a cluster of three through any of its nodes.</summary>
public sealed class ClusterQuestionTests(OperatedCluster cluster) : IClassFixture<OperatedCluster>
{
    [Fact]
    public async Task Any_node_shows_the_whole_cluster()
    {
        foreach (var node in new[] { cluster.A, cluster.C })
        {
            var status = await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus);

            status.ShouldSatisfyAllConditions(
                () => status.Node.ShouldBe(node.Name),
                () => status.Clustered.ShouldBeTrue(),
                () => status.Standing.ShouldBe("sure"),
                () => status.Store.ShouldBe(new StoreStatus("memory", false, true, null)),
                () => status.Shards.Total.ShouldBe(12),
                () => status.Nodes.Select(seen => seen.Name).ShouldBe(["a", "b", "c"]),
                () => status.Nodes.Sum(seen => seen.Shards).ShouldBe(12),
                () => status.Unreachable.ShouldBeEmpty());
        }
    }

    [Fact]
    public async Task A_node_says_of_itself_what_its_row_cannot()
    {
        var b = await cluster.A.GetAsync("nodes/b", OperatorJson.Default.NodeStatus);

        var live = b.Live.ShouldNotBeNull();
        b.Incarnation.ShouldBeGreaterThan(0);
        b.ClientUrl.ShouldBe($"ws://127.0.0.1:{cluster.B.Clients.Port}");
        live.Phase.ShouldBe("serving");
        live.Obstacles.ShouldBeEmpty();
        live.Memory.ShouldBeGreaterThan(1_000_000);
        live.LogLevel.ShouldBe("critical");
        live.Links.Select(link => (link.Peer, link.Up)).ShouldBe([("a", true), ("c", true)]);
        (await cluster.A.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "nodes/z")).ShouldSatisfyAllConditions(
            error => error.Field.ShouldBe("node"), error => error.Message.ShouldContain("a, b, c"));
    }

    [Fact]
    public async Task Configuration_is_that_of_the_node_and_without_secrets()
    {
        var report = await cluster.A.GetAsync("nodes/c/config", OperatorJson.Default.ConfigurationReport);

        report.Node.ShouldBe("c");
        report.Settings.ShouldContain(new ConfigurationReport.Setting("Realtime:Node", "c"));
        report.Settings.ShouldContain(new ConfigurationReport.Setting("Realtime:Cluster:Shards", "12"));
    }

    [Fact]
    public async Task Shards_by_page_by_node_and_by_state()
    {
        var first = await cluster.A.GetAsync("shards?limit=5", OperatorJson.Default.ShardPage);
        var second = await cluster.A.GetAsync($"shards?limit=1000&after={first.Next}", OperatorJson.Default.ShardPage);
        first.Shards.Concat(second.Shards).Select(shard => shard.Shard).ShouldBe(Enumerable.Range(0, 12));
        second.Next.ShouldBeNull();
        first.Shards.ShouldAllBe(shard => shard.State == "here" && shard.Plan == shard.Owner && shard.Sessions != null && shard.Epoch > 0);

        var ofB = await cluster.A.GetAsync("shards?node=b&state=here", OperatorJson.Default.ShardPage);
        ofB.Shards.ShouldNotBeEmpty();
        ofB.Shards.ShouldAllBe(shard => shard.Owner == "b");
        (await cluster.A.GetAsync("shards?state=free", OperatorJson.Default.ShardPage)).Shards.ShouldBeEmpty();

        var one = ofB.Shards[0];
        (await cluster.C.GetAsync($"shards/{one.Shard}", OperatorJson.Default.ShardStatus)).Owner.ShouldBe("b");
        var map = await cluster.C.GetAsync("shards/map", OperatorJson.Default.ShardMapReport);
        map.Nodes[map.Owners[one.Shard]].ShouldBe("b");
        (await cluster.C.GetAsync("shards/moves", OperatorJson.Default.ShardMoveArray)).ShouldNotContain(move => move.State == "moving");
    }

    [Theory]
    [InlineData("shards/12", HttpStatusCode.NotFound, "shard")]
    [InlineData("shards/x", HttpStatusCode.NotFound, "shard")]
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
        (await cluster.A.RefusedAsync(status, HttpMethod.Get, path)).Field.ShouldBe(field);

    [Fact]
    public async Task A_session_is_found_from_any_node_with_its_places_and_its_past()
    {
        await using var client = await RawClient.HelloAsync(cluster.B.Clients);
        foreach (var channel in new[] { "chat:seen/here", "cursors:seen" })
        {
            await client.AskAsync($$"""{"type":"subscribe","id":{{channel.Length}},"channel":"{{channel}}"}""");
        }

        await client.AskAsync("""{"type":"publish","id":3,"channel":"chat:seen/here","data":{"n":1}}""");
        await client.MessagesAsync("chat:seen/here", 1);
        foreach (var node in new[] { cluster.A, cluster.B })
        {
            var report = await node.GetAsync($"sessions/{OperatedApp.IdOf(client)}", OperatorJson.Default.SessionReport);

            report.Session.State.ShouldBe("attached");
            report.Session.At.ShouldBe("b");
            report.Connection.ShouldNotBeNull();
            report.Expires.ShouldBeNull();
            report.History.Select(happened => happened.What).ShouldContain("opened");
            var logged = report.Subscriptions.Single(subscription => subscription.Channel == "chat:seen/here");
            logged.Mode.ShouldBe("live");
            logged.Lag.ShouldBe(0);
            logged.Position.ShouldBe(logged.Head);
            report.Subscriptions.Single(subscription => subscription.Channel == "cursors:seen").ShouldSatisfyAllConditions(
                other => other.Head.ShouldBeNull(), other => other.Lag.ShouldBeNull());
        }

        (await cluster.C.GetAsync($"shards/locate?session={OperatedApp.IdOf(client)}", OperatorJson.Default.ShardLocation)).Entity.ShouldBe("session");
        var channelReport = await cluster.C.GetAsync("channels/chat%3Aseen%2Fhere", OperatorJson.Default.ChannelReport);
        channelReport.Channel.Name.ShouldBe("chat:seen/here");
        channelReport.Channel.Durability.ShouldBe("journal");
        channelReport.Subscribers.ShouldBe([new ChannelSubscribers("b", 1, 0)]);
        (await cluster.A.GetAsync("channels?prefix=chat:seen", OperatorJson.Default.ChannelPage)).Channels.ShouldHaveSingleItem().Head.ShouldBe(channelReport.Channel.Head);
    }

    [Fact]
    public async Task Sessions_come_in_pages_in_the_order_of_their_ids_over_all_nodes()
    {
        var clients = new List<RawClient>();
        try
        {
            foreach (var node in new[] { cluster.A, cluster.B, cluster.C, cluster.A, cluster.B })
            {
                clients.Add(await RawClient.HelloAsync(node.Clients));
            }

            var seen = new List<string>();
            string? next = null;
            do
            {
                var page = await cluster.C.GetAsync($"sessions?state=attached&limit=2{(next is null ? "" : $"&after={next}")}", OperatorJson.Default.SessionPage);
                page.Unreachable.ShouldBeEmpty();
                page.Sessions.Count.ShouldBeLessThanOrEqualTo(2);
                seen.AddRange(page.Sessions.Select(session => session.Id));
                next = page.Next;
            }
            while (next is not null);

            seen.ShouldBe(seen.Order(StringComparer.Ordinal).Distinct());
            clients.ShouldAllBe(client => seen.Contains(OperatedApp.IdOf(client)));
            var atB = await cluster.A.GetAsync("sessions?node=b&state=attached", OperatorJson.Default.SessionPage);
            atB.Sessions.ShouldNotBeEmpty();
            atB.Sessions.ShouldAllBe(session => session.At == "b" || session.Owner == "b");
            (await cluster.A.GetAsync("sessions?user=nobody", OperatorJson.Default.SessionPage)).Sessions.ShouldBeEmpty();
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
            var (status, body) = await cluster.A.SendAsync(HttpMethod.Post, "channels/chat%3Aread/messages", $$$"""{"data":{"n":{{{i}}}}}""");
            status.ShouldBe(HttpStatusCode.OK, body);
            positions.Add(System.Text.Json.JsonSerializer.Deserialize(body, OperatorJson.Default.Published)!.Position.ShouldNotBeNull());
        }

        var newest = await cluster.B.GetAsync("channels/chat%3Aread/messages?limit=2", OperatorJson.Default.ChannelMessages);
        newest.Messages.Select(message => message.Position).ShouldBe(positions[^2..]);
        newest.Messages[^1].Data.GetProperty("n").GetInt32().ShouldBe(5);
        newest.Position.ShouldBe(positions[^1]);
        var after = await cluster.C.GetAsync($"channels/chat%3Aread/messages?after={positions[1]}", OperatorJson.Default.ChannelMessages);
        after.Messages.Select(message => message.Position).ShouldBe(positions[2..]);
        after.Gap.ShouldBeNull();
        var other = await cluster.C.GetAsync($"channels/chat%3Aread/messages?after=zzzz:3", OperatorJson.Default.ChannelMessages);
        other.Gap.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_log_and_the_level_of_another_node()
    {
        var said = await cluster.A.ActAsync("nodes/b/log/level", """{"level":"information","category":"Realtime.Node","seconds":60}""", HttpMethod.Put);
        said.Text.ShouldContain("Realtime.Node");
        await cluster.B.GetAsync("nodes/b", OperatorJson.Default.NodeStatus);
        var page = await cluster.A.GetAsync("nodes/b/log?category=Realtime.Node.Operations&level=warning&limit=1000", OperatorJson.Default.LogPage);
        page.Lines.ShouldContain(line => line.Text.Contains("Realtime.Node is information now", StringComparison.Ordinal));
        (await cluster.A.GetAsync($"nodes/b/log?after={page.Next}", OperatorJson.Default.LogPage)).Missed.ShouldBe(0);
        foreach (var (body, field) in new[]
        {
            ("""{"level":"loud"}""", "level"), ("""{"level":"debug","category":"a b"}""", "category"), ("""{"level":"debug","seconds":0}""", "seconds"), ("{}", "level"),
        })
        {
            (await cluster.A.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "nodes/b/log/level", body)).Field.ShouldBe(field);
        }
    }

    [Fact]
    public async Task Events_tell_who_joined_and_go_on_from_where_one_was()
    {
        var page = await cluster.A.GetAsync("events?limit=1000&after=0", OperatorJson.Default.EventPage);

        page.Events.Where(happened => happened.What == "joined").Select(happened => happened.Node).ShouldBe(["a", "b", "c"]);
        page.Events.ShouldContain(happened => happened.What == "shards-moved");
        page.Events.ShouldContain(happened => happened.What == "link-up");
        page.Events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, page.Events.Count).Select(number => (long)number));
        (await cluster.A.GetAsync($"events?after={page.Next}&limit=10", OperatorJson.Default.EventPage)).Missed.ShouldBe(0);
    }
}
