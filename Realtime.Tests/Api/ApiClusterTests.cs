using System.Net;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Operations;

namespace Realtime.Tests.Api;

/// <summary>Any node of a cluster answers for all of it.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiClusterTests : IAsyncLifetime
{
    private readonly OperatedCluster _cluster = new() { Options = ApiCalls.Options };

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_published_at_any_node_is_heard_kept_and_repeated_at_all_of_them()
    {
        OperatedApp[] nodes = [_cluster.A, _cluster.B, _cluster.C];
        var apis = nodes.Select(node => new ApiCalls(node.Clients)).ToArray();
        await using var client = await RawClient.HelloAsync(_cluster.B.Clients);
        for (var i = 0; i < 6; i++)
        {
            await client.AskAsync($$"""{"type":"subscribe","id":{{i + 2}},"channel":"chat:{{i}}"}""");
        }

        for (var i = 0; i < 6; i++)
        {
            var first = await apis[i % 3].PublishedAsync($$"""{"channel":"chat:{{i}}","data":{{i}}}""", $"key-{i}");
            (await apis[(i + 1) % 3].PublishedAsync($$"""{"channel":"chat:{{i}}","data":{{i}}}""", $"key-{i}")).ShouldBe(first);
            (await client.MessagesAsync($"chat:{i}", 1)).Select(message => (int)message["data"]!).ShouldBe([i]);
            (await apis[(i + 2) % 3].HistoryAsync($"chat:{i}")).ShouldBe([$"{i}"]);
        }

        var lines = string.Join('\n', Enumerable.Range(0, 600).Select(i => $$"""{"channel":"board:{{i % 6}}","data":{{i}}}"""));
        ((int)(await apis[0].PostAsync("ingest", lines, "application/x-ndjson")).Body["published"]!).ShouldBe(600);
        for (var i = 0; i < 6; i++)
        {
            (await apis[i % 3].HistoryAsync($"board:{i}")).ShouldBe(Enumerable.Range(0, 100).Select(n => $"{(n * 6) + i}"));
        }

        (await apis[2].GetAsync("channels?prefix=board:")).Body["channels"]!.AsArray().Count.ShouldBe(6);
        var (status, _) = await apis[2].PostAsync($"sessions/{client.SessionId}/disconnect", null);
        status.ShouldBe(HttpStatusCode.OK);
        await client.ClosedAsync();
    }
}
