using System.Text.Json.Nodes;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Hosting;

/// <summary>A limit on the size of files (<c>ulimit -f</c>) is a full store, and not the end of the process.</summary>
[Collection(ActorSystems.Name)]
public sealed class FileSizeLimitTests : IDisposable
{
    private const long Limit = 600_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_node_whose_files_may_not_grow_is_full_until_they_may()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "prlimit is Linux's");
        await using var node = NodeProcess.Start(_directory.Path, null, "--store", "sqlite:realtime.db", "--port", "0");
        var url = await node.UrlAsync();
        await using var client = await RawClient.HelloAsync(url);
        var large = new string('x', 60_000);
        await node.LimitFilesAsync(Limit);

        var answer = await PublishAsync(client, 10, large);
        for (var id = 11; (string?)answer["type"] == "reply"; id++)
        {
            id.ShouldBeLessThan(100, "the files would be larger than they may be");
            answer = await PublishAsync(client, id, large);
        }

        ((string?)answer["code"], (string?)answer["outcome"]).ShouldBe(("storage_full", "none"));
        (await ReasonsAsync(url)).ShouldHaveSingleItem().ShouldBe("The store is not well (channels): no room is left: SQLite Error 10: 'disk I/O error'.");

        await node.LimitFilesAsync(null);
        for (var id = 200; (string?)answer["type"] == "error"; id++)
        {
            ((string?)answer["code"]).ShouldBe("storage_full");
            await Task.Delay(TimeSpan.FromMilliseconds((int)answer["retryAfter"]!), TimeProvider.System, TestContext.Current.CancellationToken);
            answer = await PublishAsync(client, id, large);
        }

        (await ReasonsAsync(url)).ShouldBeEmpty();
    }

    private static async Task<IReadOnlyList<string>> ReasonsAsync(Uri url)
    {
        using var http = new HttpClient { BaseAddress = url };
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return [.. (report["reasons"]?.AsArray() ?? []).Select(reason => (string)reason!)];
    }

    private static Task<JsonObject> PublishAsync(RawClient client, int id, string data) =>
        client.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"chat:room","data":"{{data}}"}""");
}
