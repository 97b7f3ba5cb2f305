using System.Text.Json.Nodes;

namespace Realtime.Tests.EndToEnd;

/// <summary>Answers that are asked for faster than they are read.</summary>
[Collection(ActorSystems.Name)]
public sealed class UnreadAnswersTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private const string Filler = "0123456789abcdef";

    [Fact]
    public async Task What_waits_for_a_client_that_asks_for_120_pages_and_reads_nothing_is_bounded_and_all_comes_once_it_reads()
    {
        await using (var writer = await RawClient.HelloAsync(shared.Url))
        {
            await FillAsync(writer, "log-a", 100);
        }

        using var reader = await StoppedReader.OpenAsync(shared.Url, "board:else");
        for (var part = 0; part < 2; part++)
        {
            await reader.SendAsync("[" + string.Join(',', Enumerable.Range(10 + (60 * part), 60).Select(id =>
                $$"""{"type":"history","id":{{id}},"channel":"log-a","limit":1000}""")) + "]");
        }

        // Served in order by the same node: by then the pages that may be read have been, again and again.
        await using var other = await RawClient.HelloAsync(shared.Url);
        for (var id = 2; id < 200; id++)
        {
            await other.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"board:else","data":1}""");
            shared.Node.Runtime.Connections.QueuedBytes.ShouldBeLessThan(TestNode.Settings.Connections.QueueBytes + (8 * 1024));
        }

        var ids = new List<long>();
        while (ids.Count < 120)
        {
            foreach (var frame in await reader.ReadFramesAsync())
            {
                if ((string?)frame["type"] == "reply")
                {
                    frame["messages"]!.AsArray().Count.ShouldBeInRange(1, 100);
                    ids.Add((long)frame["id"]!);
                }
                else
                {
                    ((string?)frame["type"]).ShouldBeOneOf("message", "ping");
                }
            }
        }

        // Two are read at a time, and an answer comes as soon as it can be given.
        ids.Order().ShouldBe(Enumerable.Range(10, 120).Select(id => (long)id));
    }

    [Fact]
    public async Task A_page_that_ends_early_says_where_to_go_on()
    {
        await using var client = await RawClient.HelloAsync(shared.Url);
        await FillAsync(client, "log-b", 20);

        var offsets = new List<long>();
        var from = "\"start\"";
        for (var (id, more) = (100, true); more; id++)
        {
            var page = await client.AskAsync($$"""{"type":"history","id":{{id}},"channel":"log-b","limit":20,"from":{{from}}}""");
            page.ToJsonString().Length.ShouldBeLessThan(TestNode.Settings.Connections.AnswerBytes + 4096);
            offsets.AddRange(page["messages"]!.AsArray().Select(message => (long)message!["offset"]!));
            from = page["position"]!.ToJsonString();
            more = (bool)page["more"]!;
        }

        offsets.ShouldBe(Enumerable.Range(1, 20).Select(offset => (long)offset));
    }

    private static async Task FillAsync(RawClient client, string channel, int count)
    {
        var data = new JsonObject { ["x"] = string.Concat(Enumerable.Repeat(Filler, 1000)) }.ToJsonString();
        for (var id = 2; id < 2 + count; id++)
        {
            await client.AskAsync($$"""{"type":"publish","id":{{id}},"channel":"{{channel}}","data":{{data}}}""");
        }
    }
}
