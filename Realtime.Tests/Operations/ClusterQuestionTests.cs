using System.Net;
using Realtime.Messages.Operators;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What any member of a cluster answers for all of them.</summary>
[Collection(ActorSystems.Name)]
public sealed class ClusterQuestionTests(OperatedCluster cluster) : IClassFixture<OperatedCluster>
{
    private OperatedApp[] Everybody => [cluster.A, cluster.B, cluster.C, cluster.Lighthouse];

    [Fact]
    public async Task Every_member_tells_what_each_node_says_of_itself()
    {
        await using var client = await RawClient.HelloAsync(cluster.B.Clients);
        foreach (var member in Everybody)
        {
            var status = await member.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
            status.Node.ShouldBe(member.Name);
            status.Unreachable.ShouldBeEmpty();
            status.Nodes.Select(node => (node.Name, node.Reachable, node.Live?.Phase, node.Connections)).ShouldBe(
                [("a", true, "serving", 0), ("b", true, "serving", 1), ("c", true, "serving", 0)], member.Name);
            (await member.GetAsync("nodes/c", OperatorJson.Default.NodeStatus)).Live.ShouldNotBeNull(member.Name);
        }
    }

    [Fact]
    public async Task Sessions_and_channels_of_all_nodes_are_listed_and_found_by_every_member()
    {
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < 12; i++)
            {
                var client = await RawClient.HelloAsync(Everybody[i % 3].Clients);
                clients.Add(client);
                await client.AskAsync($$"""{"type":"subscribe","id":1,"channel":"chat:room-{{i % 2}}"}""");
            }

            await PublishAsync();
            foreach (var shard in clients.Select(client => $"session={OperatedApp.IdOf(client)}").Append("channel=chat:room-0"))
            {
                // A shard that has just been given away is known to all within a second.
                await OperatedApp.UntilAsync($"all to know where {shard} is", async () =>
                    (await Task.WhenAll(Everybody.Select(member => member.GetAsync($"shards/locate?{shard}", OperatorJson.Default.ShardLocation)))).All(found => found.Owner is not null));
            }

            var sessions = clients.Select(OperatedApp.IdOf).Order(StringComparer.Ordinal).ToArray();
            foreach (var member in Everybody)
            {
                var page = await member.GetAsync("sessions", OperatorJson.Default.SessionPage);
                page.Sessions.Select(session => session.Id).Intersect(sessions).ShouldBe(sessions, ignoreOrder: false, member.Name);
                page.Unreachable.ShouldBeEmpty();
                page.Sessions.Select(session => session.Owner).Distinct().Count().ShouldBeGreaterThan(1);
                (await InPagesAsync(member)).Intersect(sessions).ShouldBe(sessions, ignoreOrder: false, member.Name);
                (await member.GetAsync("sessions?node=b", OperatorJson.Default.SessionPage)).Sessions.ShouldAllBe(session => session.Owner == "b" || session.At == "b");

                (await member.GetAsync("channels?prefix=chat:room-", OperatorJson.Default.ChannelPage)).Channels.Select(channel => channel.Name).ShouldBe(["chat:room-0", "chat:room-1"], ignoreOrder: false, member.Name);
                var report = await member.GetAsync("channels/chat:room-0", OperatorJson.Default.ChannelReport);
                report.Subscribers.Select(node => (node.Node, node.Count)).ShouldBe([("a", 2), ("b", 2), ("c", 2)], member.Name);
                report.Channel.Owner.ShouldBe((await member.GetAsync("shards/locate?channel=chat:room-0", OperatorJson.Default.ShardLocation)).Owner);

                var session = await member.GetAsync($"sessions/{OperatedApp.IdOf(clients[1])}", OperatorJson.Default.SessionReport);
                session.Session.At.ShouldBe("b");
                session.Subscriptions.ShouldHaveSingleItem().Mode.ShouldBe("live", $"{member.Name}: its connection was asked, wherever it is");
                session.Session.Owner.ShouldBe(
                    (await member.GetAsync($"shards/locate?session={OperatedApp.IdOf(clients[1])}", OperatorJson.Default.ShardLocation)).Owner);
            }

            var counted = (await cluster.Lighthouse.GetAsync("shards", OperatorJson.Default.ShardPage)).Shards;
            counted.Where(shard => shard.Kind == "session").Sum(shard => shard.Entities).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(12);
            counted.Where(shard => shard.Kind == "channel").Sum(shard => shard.Entities).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(2);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }

        async Task PublishAsync()
        {
            for (var i = 0; i < 2; i++)
            {
                await clients[0].AskAsync($$"""{"type":"publish","id":{{i + 2}},"channel":"chat:room-{{i}}","data":1}""");
            }
        }
    }

    [Fact]
    public async Task The_log_the_configuration_and_the_log_level_of_a_node_are_asked_of_another_one()
    {
        foreach (var member in Everybody)
        {
            (await member.GetAsync("nodes/b/config", OperatorJson.Default.ConfigurationReport)).Node.ShouldBe("b");
            (await member.ActAsync("nodes/c/log/level", """{"level":"debug","seconds":60}""", HttpMethod.Put)).Text.ShouldStartWith("c ");
            (await cluster.C.GetAsync("nodes/c", OperatorJson.Default.NodeStatus)).Live!.LogLevel.ShouldBe("debug");
            (await cluster.A.GetAsync("nodes/a", OperatorJson.Default.NodeStatus)).Live!.LogLevel.ShouldNotBe("debug");
            (await member.ActAsync("nodes/c/log/level", """{"level":"critical","seconds":60}""", HttpMethod.Put)).Done.ShouldBeTrue();
            (await member.GetAsync("nodes/l/log", OperatorJson.Default.LogPage)).Missed.ShouldBe(0);
            (await member.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "nodes/z/log")).Field.ShouldBe("node");
        }
    }

    [Fact]
    public async Task A_lighthouse_lets_nodes_publish_read_and_disconnect()
    {
        await using var client = await RawClient.HelloAsync(cluster.C.Clients);
        await client.AskAsync("""{"type":"subscribe","id":1,"channel":"chat:room"}""");
        var (status, body) = await cluster.Lighthouse.SendAsync(HttpMethod.Post, "channels/chat:room/messages", """{"data":"from afar"}""");
        status.ShouldBe(HttpStatusCode.OK, body);
        await client.WaitAsync("message");
        var messages = await cluster.Lighthouse.GetAsync("channels/chat:room/messages", OperatorJson.Default.ChannelMessages);
        messages.Messages.ShouldHaveSingleItem().Data.GetString().ShouldBe("from afar");
        (await cluster.Lighthouse.ActAsync($"sessions/{OperatedApp.IdOf(client)}/disconnect")).Text.ShouldContain("is over");
        (await cluster.Lighthouse.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"sessions/{OperatedApp.IdOf(client)}")).Field.ShouldBe("id");
        (await cluster.Lighthouse.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "channels/nosuch:room")).Field.ShouldBe("channel");

        var audit = await cluster.B.GetAsync("audit", OperatorJson.Default.AuditPage);
        audit.Entries.Where(entry => entry.Action == "session.disconnect").Select(entry => entry.Node == "l").ShouldBe(
            [false, true], ignoreOrder: true, "on the member that was asked and on the node that did it");
        audit.Entries.ShouldAllBe(entry => entry.From == "127.0.0.1");
    }

    [Fact]
    public async Task A_long_answer_of_another_node_comes_whole()
    {
        await using var client = await RawClient.HelloAsync(cluster.A.Clients);
        for (var i = 0; i < 60; i++)
        {
            var answer = await client.AskAsync($$"""{"type":"publish","id":{{i + 1}},"channel":"chat:long","data":"{{new string('x', 20_000)}}"}""");
            ((string?)answer["type"]).ShouldBe("reply");
        }

        var page = await cluster.Lighthouse.GetAsync("channels/chat:long/messages?limit=100", OperatorJson.Default.ChannelMessages);
        page.Messages.Count.ShouldBe(60);
        page.Messages.ShouldAllBe(message => message.Data.GetString()!.Length == 20_000);
    }

    private static async Task<List<string>> InPagesAsync(OperatedApp member)
    {
        var read = new List<string>();
        for (string? after = null; ;)
        {
            var page = await member.GetAsync($"sessions?limit=5{(after is null ? "" : $"&after={after}")}", OperatorJson.Default.SessionPage);
            page.Sessions.Count.ShouldBeLessThanOrEqualTo(5);
            read.AddRange(page.Sessions.Select(session => session.Id));
            if ((after = page.Next) is null)
            {
                return read;
            }
        }
    }
}
