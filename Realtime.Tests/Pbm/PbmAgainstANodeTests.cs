using System.Text.Json;
using Realtime.Client;
using Realtime.Messages.Operators;
using Realtime.Tests.Support;

namespace Realtime.Tests.Pbm;

/// <summary>The verbs against a node that is a process, with a client.</summary>
public sealed class PbmAgainstANodeTests
{
    [Fact]
    public async Task A_session_and_a_channel_are_found_and_what_an_operator_does_reaches_the_client()
    {
        await using var node = await RealCluster.StartAsync(1);
        var url = node.Operators[0];
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = node.Clients[0] });
        await client.ConnectAsync().Within("the client's connection");
        var subscription = client.Subscribe("chat:pbm");
        await subscription.Ready.Within("the subscription");
        await using var messages = subscription.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        // Looks: every one is answered, as text and as JSON.
        var session = JsonSerializer.Deserialize(await At(url, "session list --json"), OperatorJson.Default.SessionPage)!.Sessions.ShouldHaveSingleItem().Id;
        foreach (var look in (string[])
            [
                "cluster show", "cluster-sharding list", "cluster-sharding regions", "cluster-sharding shards --all", "cluster-sharding locate --channel chat:pbm", $"session show {session}",
                "session list --state attached", "channel show chat:pbm", "channel list --prefix chat:", "node show node-1", "config show node-1", "config check", "audit", "log level",
                "cluster tail --lines 1", "log tail node-1 --lines 1", $"session tail {session} --lines 1",
            ])
        {
            (await At(url, look)).ShouldNotBeEmpty(look);
            JsonDocument.Parse((await At(url, look + " --json")).Trim()).RootElement.ValueKind.ShouldBe(JsonValueKind.Object, look);
        }

        (await At(url, "session list")).ShouldContain(session);
        (await At(url, "cluster show")).ShouldContain("a single node, node-1");
        (await At(url, "cluster-sharding list")).ShouldContain("512, all here");
        (await At(url, "node show node-1")).ShouldSatisfyAllConditions(
            text => text.ShouldContain("1 session, 3 channels"), text => text.ShouldMatch("channels +closed"), text => text.ShouldNotContain("incarnation"));

        await At(url, "channel publish chat:pbm 1");
        (await NextAsync(messages)).ShouldBe(1);
        (await At(url, "channel tail chat:pbm --lines 1")).ShouldContain(" 1");

        // The end of the session is the operator's word.
        await At(url, $"session kick {session} --yes --reason enough");
        (await PbmRun.At(url, static around => around, ["session", "show", session])).Code.ShouldBe(5);
        (await At(url, "audit")).ShouldContain("session.disconnect");
    }

    [Fact]
    public async Task Unknown_things_are_5_what_needs_a_second_node_is_6_and_a_node_that_leaves_ends_with_0()
    {
        await using var node = await RealCluster.StartAsync(1);
        var url = node.Operators[0];
        foreach (var unknown in (string[])
            [
                "node show node-9", "node drain node-9", "config show node-9", "log level debug --node node-9", "cluster-sharding move 256 --kind session --to node-1", "cluster-sharding move 1 --kind channel --to node-9",
                "session show SuHovuiutgSYML0cncOGwg", "session kick SuHovuiutgSYML0cncOGwg --yes", "channel show nosuch:channel", "channel tail nosuch:channel",
            ])
        {
            await RefusedAsync(unknown, 5);
        }

        foreach (var parked in (string[])
            [
                "node drain node-1", "node undrain node-1", "cluster down node-1 --yes", "cluster-sharding move 1 --kind session --to node-1", "cluster-sharding rebalance", "cluster-sharding pause --for 1m",
                "cluster-sharding resume",
            ])
        {
            (await RefusedAsync(parked, 6)).ShouldContain("alone on its store", customMessage: parked);
        }

        (await At(url, "cluster leave node-1 --yes")).ShouldContain("node-1 has left");
        (await node.Nodes[0].ExitAsync()).ShouldBe(0);
        await RefusedAsync("cluster show", 3);

        async Task<string> RefusedAsync(string verb, int code)
        {
            var run = await PbmRun.At(url, static around => around, verb.Split(' '));
            run.Code.ShouldBe(code, $"{verb}: {run.Error}");
            return run.Error.Trim().Split('\n').ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task A_key_opens_what_it_is_for()
    {
        const string Key = "sixteen-bytes-of-key";
        const string ViewKey = "sixteen-more-to-look";
        await using var node = await RealCluster.StartAsync(1, ("REALTIME__OPERATOR__KEY", Key), ("REALTIME__OPERATOR__VIEWKEY", ViewKey));
        var url = node.Operators[0];

        (await CodeAsync("cluster show")).ShouldBe(4);
        (await CodeAsync("cluster show", "another-key-altogether")).ShouldBe(4);
        (await CodeAsync("cluster show", ViewKey)).ShouldBe(0);
        (await CodeAsync("cluster top --for 1s", ViewKey)).ShouldBe(0);
        (await CodeAsync("channel publish chat:pbm 1", ViewKey)).ShouldBe(4);
        (await CodeAsync("channel publish chat:pbm 1", Key)).ShouldBe(0);
        (await At(url, $"audit --key {Key}")).ShouldContain("view key");

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
}
