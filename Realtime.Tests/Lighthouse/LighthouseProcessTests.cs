using System.Net;
using System.Text.Json.Nodes;
using Realtime.Tests.Cluster;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Lighthouse;

/// <summary>Lighthouses as processes of their own, beside nodes on one PostgreSQL database.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class LighthouseProcessTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _database = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new();
    private readonly List<NodeProcess> _processes = [];

    public async ValueTask InitializeAsync() => await _database.PrepareAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _http.Dispose();
        await _database.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Clients_that_ask_a_lighthouse_are_sent_to_a_node_and_never_to_itself()
    {
        var lighthouse = Lighthouse("l1");
        await lighthouse.UrlAsync();
        (await _http.GetAsync(new Uri(await lighthouse.UrlAsync(), "/v1/connect"))).StatusCode.ShouldBe(HttpStatusCode.NotFound, "it takes no clients");

        var node = Node("n1", "ws://n1.test");
        await node.UrlAsync();

        await NamesAsync(lighthouse, "ws://n1.test/v1/connect");
    }

    [Fact]
    public async Task A_lighthouse_is_joined_first_and_both_of_them_may_be_restarted_without_anybody_noticing()
    {
        var (first, second) = (Lighthouse("l1"), Lighthouse("l2"));
        await first.UrlAsync();
        await second.UrlAsync();
        var nodes = new[] { Node("n1", "ws://n1.test"), Node("n2", "ws://n2.test") };
        await Task.WhenAll(nodes.Select(node => node.UrlAsync()));
        await NamesAsync(first, "ws://n1.test/v1/connect");
        await NamesAsync(second, "ws://n2.test/v1/connect");
        await using var client = await RawClient.HelloAsync(await nodes[0].UrlAsync());

        await first.SignalAsync("TERM");
        await second.SignalAsync("KILL");

        (await first.ExitAsync()).ShouldBe(0);
        await PublishAsync(client, 2, 200);
        var last = Node("n3", "ws://n3.test");
        await last.UrlAsync();
        var again = Lighthouse("l1");
        await NamesAsync(again, "ws://n3.test/v1/connect");
        await using var third = await RawClient.HelloAsync(await last.UrlAsync());
        await PublishAsync(client, 1000, 200);
        await PublishAsync(third, 2, 200);
        nodes.SelectMany(node => node.Output).Concat(again.Output).Count(line => line.Contains("founding it", StringComparison.Ordinal)).ShouldBe(0, "the first lighthouse did");
        await Soon.IsTrueAsync(
            async () => (long)(await _database.ScalarAsync("SELECT count(*) FROM rt.member WHERE verdict IS NULL"))! == 4, "the killed lighthouse to be given up, and nobody else");
    }

    [Fact]
    public async Task A_lighthouse_needs_the_database_of_its_nodes()
    {
        var lighthouse = NodeProcess.StartLighthouse(_directory.Path, null, "--port", "0");
        _processes.Add(lighthouse);

        (await lighthouse.ExitAsync()).ShouldBe(2);
        lighthouse.Faults.ShouldContain(line => line.StartsWith("Realtime:Store", StringComparison.Ordinal) && line.Contains("must be the PostgreSQL database of the nodes", StringComparison.Ordinal));
    }

    private NodeProcess Lighthouse(string name)
    {
        var lighthouse = NodeProcess.StartLighthouse(_directory.Path, null, "--node", name, "--store", "postgres:" + _database.Options.Connection, "--port", "0");
        _processes.Add(lighthouse);
        return lighthouse;
    }

    private NodeProcess Node(string name, string clientUrl)
    {
        var node = NodeProcess.Start(
            _directory.Path, null, "--node", name, "--store", "postgres:" + _database.Options.Connection, "--port", "0", "--client-url", clientUrl);
        _processes.Add(node);
        return node;
    }

    /// <summary>New clients are spread over nodes that have as much room as others: sooner or later it names this one.</summary>
    private async Task NamesAsync(NodeProcess lighthouse, string url)
    {
        var gateway = new Uri(await lighthouse.UrlAsync(), "/v1/gateway");
        await Soon.IsTrueAsync(
            async () =>
            {
                using var answer = await _http.GetAsync(gateway);
                return answer.IsSuccessStatusCode && (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["url"] == url;
            },
            $"the lighthouse to send a client to {url}");
    }

    private static async Task PublishAsync(RawClient client, int id, int channels)
    {
        for (var channel = 0; channel < channels; channel++)
        {
            var answer = await client.AskAsync($$"""{"type":"publish","id":{{id + channel}},"channel":"chat:room-{{channel}}","data":"x"}""");
            ((string?)answer["type"]).ShouldBe("reply", answer.ToJsonString());
        }
    }
}
