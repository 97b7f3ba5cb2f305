using System.Text.Json;
using Realtime.Client;
using Realtime.Messages.Operators;
using Realtime.Tests.Cluster;
using Realtime.Tests.Support;

namespace Realtime.Tests.Pbm;

/// <summary>The verbs against nodes that are processes, with a client that must not notice.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class PbmAgainstAClusterTests
{
    [Fact]
    public async Task A_session_and_a_channel_are_found_and_a_drain_is_not_noticed_by_their_client()
    {
        await using var cluster = await RealCluster.StartAsync(2);
        var url = string.Join(',', cluster.Operators);
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = cluster.Clients[0] });
        var gaps = 0;
        client.GapReceived += _ => Interlocked.Increment(ref gaps);
        await client.ConnectAsync().Within("the client's connection");
        var subscription = client.Subscribe("chat:pbm");
        await subscription.Ready.Within("the subscription");
        await using var messages = subscription.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        // Looks: every one is answered, as text and as JSON.
        var session = JsonSerializer.Deserialize(await At(url, "session list --json"), OperatorJson.Default.SessionPage)!.Sessions.ShouldHaveSingleItem().Id;
        foreach (var look in (string[])
            [
                "cluster show", "cluster-sharding list", "cluster-sharding regions", "cluster-sharding shards --all", "cluster-sharding locate --channel chat:pbm", $"session show {session}",
                "session list --state attached", "channel show chat:pbm", "channel list --prefix chat:", "node show node-2", "config show node-2", "config check", "audit", "log level",
                "cluster tail --lines 1", "log tail node-2 --lines 1", $"session tail {session} --lines 1",
            ])
        {
            (await At(url, look)).ShouldNotBeEmpty(look);
            JsonDocument.Parse((await At(url, look + " --json")).Trim()).RootElement.ValueKind.ShouldBe(JsonValueKind.Object, look);
        }

        (await At(url, "session list")).ShouldContain(session);
        (await At(url, "channel show chat:pbm")).ShouldContain("node-");

        // A message from the operator reaches the client.
        await At(url, "channel publish chat:pbm 1");
        (await NextAsync(messages)).ShouldBe(1);
        (await At(url, "channel tail chat:pbm --lines 1")).ShouldContain(" 1");

        // Each node in turn is drained while the client listens; what is said meanwhile comes once and in order.
        var next = 2;
        foreach (var node in (string[])["node-1", "node-2"])
        {
            (await At(url, $"node drain {node}")).ShouldContain("is drained");
            (await At(url, $"channel publish chat:pbm {next}")).ShouldContain("Published");
            (await NextAsync(messages)).ShouldBe(next++);
            Cluster(await At(url, "cluster show --json")).Nodes.Single(status => status.Name == node).Shards.ShouldBe(0, node);
            await EventuallyAsync(async () => Cluster(await At(url, "cluster show --json")).Nodes.Single(status => status.Name == node).Connections == 0, $"{node} to count no connection");

            // What cannot be done now is refused, and nothing is half done.
            (await PbmRun.At(url, static around => around, ["node", "drain", node == "node-1" ? "node-2" : "node-1"])).Code.ShouldBe(6);
            (await PbmRun.At(url, static around => around, ["cluster-sharding", "move", "1", "--kind", "session", "--to", node])).Code.ShouldBe(6);
            await At(url, $"node undrain {node}");

            // All know it within a second; until then the other one is the last that takes shards.
            await EventuallyAsync(async () => Cluster(await At(url, "cluster show --json")).Nodes.All(status => status.Status == "active"), $"{node} to take shards again");
        }

        gaps.ShouldBe(0);

        // The end of the session is the operator's word, and its tail sees it.
        await At(url, $"session kick {session} --yes --reason enough");
        (await PbmRun.At(url, static around => around, ["session", "show", session])).Code.ShouldBe(5);
        (await At(url, "audit")).ShouldContain("session.disconnect");
    }

    [Fact]
    public async Task Unknown_things_are_5_a_node_leaves_with_0_and_a_living_one_is_not_declared_dead_by_accident()
    {
        await using var cluster = await RealCluster.StartAsync(2);
        var url = cluster.Operators[0];

        foreach (var unknown in (string[])
            [
                "node show node-9", "node drain node-9", "config show node-9", "log level debug --node node-9", "cluster-sharding move 256 --kind session --to node-1", "cluster-sharding move 1 --kind channel --to node-9",
                "session show SuHovuiutgSYML0cncOGwg", "session kick SuHovuiutgSYML0cncOGwg --yes", "channel show nosuch:channel", "channel tail nosuch:channel",
            ])
        {
            var run = await PbmRun.At(url, static around => around, unknown.Split(' '));
            run.Code.ShouldBe(5, $"{unknown}: {run.Error}");
            run.Error.Trim().Split('\n').ShouldHaveSingleItem();
        }

        (await PbmRun.At(url, static around => around, ["cluster", "down", "node-2", "--yes"])).Code.ShouldBe(6);
        (await At(url, "cluster-sharding pause --for 1m")).ShouldContain("for 60 s");
        (await At(url, "cluster-sharding resume")).ShouldContain("again");
        await using var clients = await SomeClientsAsync(cluster.Clients[0]);
        var one = await ShardOfAsync(url, "node-2");
        await At(url, $"cluster-sharding move {one} --kind session --to node-1");
        await EventuallyAsync(
            async () => Shards(await At(url, "cluster-sharding shards --kind session --all --json")).Any(shard => shard.Shard == one && shard.Owner == "node-1"),
            $"session shard {one} to be on node-1");

        (await At(url, "cluster leave node-2 --yes")).ShouldContain("node-2 has left");

        (await cluster.Nodes[1].ExitAsync()).ShouldBe(0);
        await EventuallyAsync(async () => Cluster(await At(url, "cluster show --json")).Nodes is [{ Name: "node-1" }], "node-1 to be alone");
        (await PbmRun.At(cluster.Operators[1], static around => around, ["cluster", "show"])).Code.ShouldBe(3);
        (await PbmRun.At(url, static around => around, ["node", "drain", "node-1"])).Code.ShouldBe(6);
    }

    [Fact]
    public async Task A_key_opens_what_it_is_for_and_a_killed_node_is_named_by_those_that_live()
    {
        const string Key = "sixteen-bytes-of-key";
        const string ViewKey = "sixteen-more-to-look";
        await using var cluster = await RealCluster.StartAsync(2, ("REALTIME__OPERATOR__KEY", Key), ("REALTIME__OPERATOR__VIEWKEY", ViewKey));
        var url = cluster.Operators[0];

        (await CodeAsync("cluster show")).ShouldBe(4);
        (await CodeAsync("cluster show", "another-key-altogether")).ShouldBe(4);
        (await CodeAsync("cluster show", ViewKey)).ShouldBe(0);
        (await CodeAsync("cluster top --for 1s", ViewKey)).ShouldBe(0);
        (await CodeAsync("node drain node-2", ViewKey)).ShouldBe(4);
        (await CodeAsync("node drain node-2", Key)).ShouldBe(0);
        (await CodeAsync("node undrain node-2", Key)).ShouldBe(0);
        (await At(url, $"audit --key {Key}")).ShouldContain("view key");

        await cluster.Nodes[1].SignalAsync("KILL");
        await cluster.Nodes[1].ExitAsync();
        await EventuallyAsync(async () => Cluster(await At(url, $"cluster show --json --key {Key}")).Unreachable.SequenceEqual(["node-2"]), "node-2 to be missed");
        (await CodeAsync("node drain node-2", Key)).ShouldBe(7, "nobody answers, and nothing was done");
        (await PbmRun.At(cluster.Operators[1], static around => around, ["cluster", "show", "--key", Key])).Code.ShouldBe(3);

        async Task<int> CodeAsync(string verb, string? key = null) =>
            (await PbmRun.At(url, static around => around, [.. verb.Split(' '), .. key is null ? (string[])[] : ["--key", key]])).Code;
    }

    /// <summary>What it said, when it went well.</summary>
    private static async Task<string> At(string url, string verb)
    {
        var run = await PbmRun.At(url, static around => around, verb.Split(' '));
        run.Code.ShouldBe(0, $"pbm {verb}: {run.Error}");
        return run.Output;
    }

    /// <summary>Enough for each of two nodes to hold a shard of sessions.</summary>
    private static async Task<IAsyncDisposable> SomeClientsAsync(Uri node)
    {
        var clients = new ClientGroup();
        for (var i = 0; i < 12; i++)
        {
            var client = new RealtimeClient(new RealtimeClientOptions { Url = node });
            clients.Add(client);
            await client.ConnectAsync().Within("a client's connection");
        }

        return clients;
    }

    private static IReadOnlyList<ShardStatus> Shards(string json) => JsonSerializer.Deserialize(json, OperatorJson.Default.ShardPage)!.Shards;

    /// <summary>A shard of sessions that a node holds: sessions are opened until it has one.</summary>
    private static async Task<int> ShardOfAsync(string url, string node)
    {
        int? found = null;
        await EventuallyAsync(
            async () => (found = Shards(await At(url, $"cluster-sharding shards --kind session --node {node} --json")) is [var first, ..] ? first.Shard : null) is not null,
            $"{node} to hold a shard of sessions");
        return found!.Value;
    }

    private static ClusterStatus Cluster(string json) => JsonSerializer.Deserialize(json, OperatorJson.Default.ClusterStatus)!;

    /// <summary>What nodes know of each other comes with their next look at the store; each question here is a round trip, so this does not spin.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> holds, string what)
    {
        async Task AskAsync(CancellationToken stop)
        {
            while (!await holds())
            {
                stop.ThrowIfCancellationRequested();
            }
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        try
        {
            await AskAsync(stop.Token).Within(what);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static async Task<int> NextAsync(IAsyncEnumerator<ChannelEvent> events)
    {
        while (await events.MoveNextAsync().AsTask().Within("the next message"))
        {
            if (events.Current is ChannelEvent.Message message)
            {
                return message.Data!.Value.GetInt32();
            }
        }

        throw new InvalidOperationException("the subscription ended");
    }

    private sealed class ClientGroup : IAsyncDisposable
    {
        private readonly List<RealtimeClient> _clients = [];

        public void Add(RealtimeClient client) => _clients.Add(client);

        public async ValueTask DisposeAsync()
        {
            foreach (var client in _clients)
            {
                await client.DisposeAsync();
            }
        }
    }
}
