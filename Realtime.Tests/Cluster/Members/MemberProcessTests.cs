using System.Net;
using System.Net.Sockets;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Nodes as processes of their own on one PostgreSQL database, for which nothing else is configured.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class MemberProcessTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _database = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly List<NodeProcess> _nodes = [];

    public async ValueTask InitializeAsync() => await _database.PrepareAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _database.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Two_nodes_that_start_at_once_on_one_database_are_one_cluster()
    {
        var nodes = await StartAsync(2);

        (await _database.ScalarAsync("SELECT count(*) FROM rt.member WHERE joined IS NOT NULL")).ShouldBe(2L);
        (await _database.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L, "founded once");
        nodes.SelectMany(node => node.Output).Count(line => line.Contains("founding it", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    [InlineData(3, 2)]
    public async Task The_others_go_on_without_a_node_that_was_killed(int count, int killed)
    {
        var nodes = await StartAsync(count);
        var other = nodes[(killed + 1) % count];
        await WritableAsync(other);

        await nodes[killed].SignalAsync("KILL");
        var began = TimeProvider.System.GetTimestamp();
        await WritableAsync(other);

        TestContext.Current.SendDiagnosticMessage("all channels writable after {0}", TimeProvider.System.GetElapsedTime(began));
        (await _database.ScalarAsync("SELECT count(*) FROM rt.member WHERE verdict IS NULL")).ShouldBe(count - 1L, "nobody else was given up");
        foreach (var node in nodes.Where(node => node != nodes[killed]))
        {
            await node.SignalAsync("TERM");
            (await node.ExitAsync()).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_node_that_stood_still_until_the_others_went_on_acknowledges_nothing_and_ends()
    {
        var nodes = await StartAsync(2);
        await WritableAsync(nodes[0]);
        await using var sleepers = await RawClient.HelloAsync(await nodes[1].UrlAsync());
        await nodes[1].SignalAsync("STOP");
        await WritableAsync(nodes[0]);

        // In its sockets when it wakes up.
        for (var channel = 0; channel < 100; channel++)
        {
            await sleepers.SendAsync($$"""{"type":"publish","id":{{channel + 2}},"channel":"chat:room-{{channel}}","data":"late"}""");
        }

        await nodes[1].SignalAsync("CONT");

        (await nodes[1].ExitAsync()).ShouldBe(3);
        nodes[1].Faults.ShouldContain("This node cannot go on: the other nodes go on without it: its row was not renewed, while others could renew theirs.");
        sleepers.Frames.ShouldNotContain(frame => (string?)frame["type"] == "reply" && (long)frame["id"]! > 1);
        await WritableAsync(nodes[0]);
    }

    [Fact]
    public async Task A_second_process_of_a_living_name_ends_with_17_and_harms_nobody()
    {
        var nodes = await StartAsync(1);

        var second = Start("n1");

        (await second.ExitAsync()).ShouldBe(17);
        second.Faults.ShouldHaveSingleItem().ShouldContain("The name n1 is in use by another process");
        await WritableAsync(nodes[0]);
    }

    [Fact]
    public async Task A_node_that_finds_nodes_of_another_kind_ends_with_16()
    {
        await StartAsync(1);
        await _database.ScalarAsync("UPDATE rt.cluster SET wire = wire + 1");

        (await Start("n2").ExitAsync()).ShouldBe(16);
    }

    [Fact]
    public async Task A_node_whose_port_for_other_nodes_is_in_use_ends_with_14_and_names_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var node = Start("n1", "--cluster-port", $"{port}");

        (await node.ExitAsync()).ShouldBe(14);
        node.Faults.ShouldContain($"Cannot listen on 127.0.0.1:{port}: the port is in use. Stop the program that has it, or choose another with --cluster-port.");
    }

    [Fact]
    public async Task A_node_that_was_killed_comes_back_under_its_name_and_joins_the_others()
    {
        var nodes = await StartAsync(2);
        await nodes[0].SignalAsync("KILL");

        var again = Start("n1");

        await again.UrlAsync();
        again.Output.ShouldContain(line => line.Contains("Joining the cluster at", StringComparison.Ordinal));
        (await _database.ScalarAsync("SELECT count(*) FROM rt.member WHERE verdict IS NULL AND joined IS NOT NULL")).ShouldBe(2L);
        await WritableAsync(again);
    }

    [Fact]
    public async Task All_nodes_that_were_killed_at_once_come_back_as_one_cluster()
    {
        foreach (var node in await StartAsync(2))
        {
            await node.SignalAsync("KILL");
        }

        var nodes = await StartAsync(2);

        nodes.SelectMany(node => node.Output).Count(line => line.Contains("founding it", StringComparison.Ordinal)).ShouldBe(1);
        await WritableAsync(nodes[1]);
    }

    [Fact]
    public async Task Nobody_is_given_up_while_nobody_reaches_the_database_and_afterwards_only_who_was_killed()
    {
        var nodes = await StartAsync(3);
        await WritableAsync(nodes[0]);
        await _database.Server.ScalarAsync("postgres", $"ALTER DATABASE {_database.Database} ALLOW_CONNECTIONS false");
        await _database.Server.KillBackendsAsync(_database.Database);
        await nodes[2].SignalAsync("KILL");
        foreach (var node in nodes.Take(2))
        {
            await Soon.IsTrueAsync(async () => (await ReadyAsync(node)).Contains("not renewed lately", StringComparison.Ordinal), "the lease to end");
            await Soon.IsTrueAsync(() => node.Output.Any(line => line.Contains("UNREACHABLE", StringComparison.Ordinal)), "the killed node to be missed");
        }

        await _database.Server.ScalarAsync("postgres", $"ALTER DATABASE {_database.Database} ALLOW_CONNECTIONS true");
        await WritableAsync(nodes[1]);

        (await _database.ScalarAsync("SELECT string_agg(name, ' ') FROM rt.member WHERE verdict IS NULL")).ShouldBeOneOf("n1 n2", "n2 n1");
        nodes.Take(2).SelectMany(node => node.Output).Count(line => line.Contains("The cluster goes on without", StringComparison.Ordinal)).ShouldBe(1);
    }

    private static async Task<string> ReadyAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(await node.UrlAsync(), "/health/ready"), TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<NodeProcess>> StartAsync(int count)
    {
        var nodes = Enumerable.Range(1, count).Select(number => Start($"n{number}")).ToList();
        foreach (var node in nodes)
        {
            await node.UrlAsync();
        }

        return nodes;
    }

    private NodeProcess Start(string name, params string[] more)
    {
        var node = NodeProcess.Start(
            _directory.Path, null, ["--node", name, "--store", "postgres:" + _database.Options.Connection, "--port", "0", .. more]);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Channels of nearly all shards take messages. Fewer at a time than a connection may have without an answer, and for so long as it may be silent.</summary>
    private static async Task WritableAsync(NodeProcess node)
    {
        var numbers = 1;
        await using var client = await WelcomedAsync(await node.UrlAsync());
        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (channel, cancellation) =>
        {
            while (true)
            {
                var answer = await client.AskAsync($$"""{"type":"publish","id":{{Interlocked.Increment(ref numbers)}},"channel":"chat:room-{{channel}}","data":"x"}""");
                if ((string?)answer["type"] == "reply")
                {
                    return;
                }

                ((string?)answer["code"]).ShouldBeOneOf("unavailable", "timeout");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
            }
        });
    }

    /// <summary>As clients do: a node that has just started may send newcomers away while a shard they need is on its way.</summary>
    private static async Task<RawClient> WelcomedAsync(Uri node)
    {
        RawClient? welcomed = null;
        await Soon.IsTrueAsync(
            async () =>
            {
                var client = await RawClient.OpenAsync(node);
                await client.SendAsync("""{"type":"hello","id":1}""");
                await Soon.IsTrueAsync(() => client.Frames.Any(frame => (string?)frame["type"] is "welcome" or "goodbye"), "an answer to hello");
                if (client.Frames.Any(frame => (string?)frame["type"] == "welcome"))
                {
                    welcomed = client;
                    return true;
                }

                await client.DisposeAsync();
                return false;
            },
            "a welcome");
        return welcomed!;
    }
}
