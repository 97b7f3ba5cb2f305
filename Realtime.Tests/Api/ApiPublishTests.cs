using System.Net;
using System.Text;

using Realtime.Tests.EndToEnd;
using Realtime.Tests.Operations;
using Realtime.Tests.Support;

namespace Realtime.Tests.Api;

/// <summary>Publishing through the API, on one node on each store.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiPublishTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_message_comes_to_those_who_listen_and_is_kept(string store)
    {
        await using var app = await StartAsync(store);
        using var api = new ApiCalls(app.Clients);
        await using var client = await RawClient.HelloAsync(app.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:a"}""");

        var position = await api.PublishedAsync("""{"channel":"chat:a","data":{"n":1},"tags":{"k":"v"}}""");
        var message = (await client.MessagesAsync("chat:a", 1))[0];

        position.ShouldEndWith($":{message["offset"]}");
        (message["data"]!.ToJsonString(), message["tags"]!.ToJsonString(), message["from"]).ShouldBe(("""{"n":1}""", """{"k":"v"}""", null));
        (await api.HistoryAsync("chat:a")).ShouldBe(["""{"n":1}"""]);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_repeat_with_the_same_key_is_answered_alike_also_after_a_restart(string store)
    {
        using var folder = new Hosting.TemporaryDirectory();
        var options = await StoreAsync(store, folder.Path);
        string? first;
        await using (var app = await OperatedApp.StartAsync("a", [.. ApiCalls.Options, options]))
        {
            using var api = new ApiCalls(app.Clients);
            first = await api.PublishedAsync("""{"channel":"chat:a","data":1}""", "order-1");
            (await api.PublishedAsync("""{"channel":"chat:a","data":1,"idempotencyKey":"order-1"}""")).ShouldBe(first);
            (await api.PublishedAsync("""{"channel":"chat:a","data":1}""", "order-2")).ShouldNotBe(first);
        }

        await using var again = await OperatedApp.StartAsync("a", [.. ApiCalls.Options, options]);
        using var later = new ApiCalls(again.Clients);
        (await later.PublishedAsync("""{"channel":"chat:a","data":1}""", "order-1")).ShouldBe(first);
        (await later.HistoryAsync("chat:a")).ShouldBe(["1", "1"]);
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_head_one_is_published_and_a_repeat_of_it_is_no_conflict()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        var head = await api.PublishedAsync("""{"channel":"chat:a","data":0}""");

        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => api.PublishAsync($$"""{"channel":"chat:a","data":{{i}},"expected":"{{head}}"}""", $"key-{i}")));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(answer => answer.Status != HttpStatusCode.OK).ShouldAllBe(answer => answer.Status == HttpStatusCode.Conflict && (string)answer.Body["code"]! == "conflict");
        var winner = Array.FindIndex(answers, answer => answer.Status == HttpStatusCode.OK) + 1;
        (await api.PublishedAsync($$"""{"channel":"chat:a","data":{{winner}},"expected":"{{head}}"}""", $"key-{winner}")).ShouldBe((string?)answers[winner - 1].Body["position"]);
    }

    [Fact]
    public async Task A_session_that_is_excepted_does_not_get_it_live_nor_from_history()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        await using var client = await RawClient.HelloAsync(app.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:a"}""");
        await api.PublishedAsync($$"""{"channel":"chat:a","data":"no","exceptSession":"{{client.SessionId}}"}""");
        await api.PublishedAsync("""{"channel":"chat:a","data":"yes"}""");

        (await client.MessagesAsync("chat:a", 1)).Select(message => (string)message["data"]!).ShouldBe(["yes"]);
        var history = await client.AskAsync("""{"type":"history","id":3,"channel":"chat:a"}""");
        history["messages"]!.AsArray().Select(message => (string)message!["data"]!).ShouldBe(["yes"]);
    }

    [Fact]
    public async Task A_message_past_its_time_is_in_no_history()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        await api.PublishedAsync("""{"channel":"chat:a","data":"short","ttl":0.001}""");
        await api.PublishedAsync("""{"channel":"chat:a","data":"long","ttl":3600}""");

        await Soon.IsTrueAsync(async () => (await api.HistoryAsync("chat:a")) is ["\"long\""], "the first one to be over");
    }

    [Fact]
    public async Task Several_channels_and_a_batch_bring_a_result_for_each()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);

        var (_, many) = await api.PublishAsync("""{"channels":["chat:a","nowhere:b","cursors:c"],"data":1}""");
        many["results"]!.AsArray().Select(result => ((string)result!["channel"]!, (string?)result["code"])).ShouldBe([("chat:a", null), ("nowhere:b", "not_found"), ("cursors:c", null)]);

        var (_, batch) = await api.PostAsync("batch", """[{"channel":"board:a","data":1},{"channel":"board:a"},{"user":"ann","data":2},{"channel":"small:a","data":"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"}]""");
        batch["results"]!.AsArray().Select(result => (string?)result!["code"] ?? "ok").ShouldBe(["ok", "bad_request", "ok", "too_large"]);
    }

    [Fact]
    public async Task A_wrong_line_is_named_and_the_others_are_published_in_their_order()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        var lines = Enumerable.Range(1, 10).Select(i => i == 7 ? """{"channel":"chat:a","data":}""" : $$"""{"channel":"chat:a","data":{{i}}}""");

        var (status, summary) = await api.PostAsync("ingest", string.Join('\n', lines), "application/x-ndjson");

        status.ShouldBe(HttpStatusCode.OK);
        ((int)summary["lines"]!, (int)summary["published"]!, (int)summary["failed"]!, (int)summary["errors"]![0]!["line"]!).ShouldBe((10, 9, 1, 7));
        (await api.HistoryAsync("chat:a")).ShouldBe(["1", "2", "3", "4", "5", "6", "8", "9", "10"]);
    }

    [Fact]
    public async Task A_long_stream_is_published_whole_and_in_order_on_every_channel()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        const int Count = 30_000;
        var body = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            body.Append($$"""{"channel":"{{(i % 3 == 0 ? "chat" : "board")}}:{{i % 2}}","data":{{i}}}""").Append("\r\n");
        }

        var (_, summary) = await api.PostAsync("ingest", body.ToString(), "application/x-ndjson");

        ((int)summary["lines"]!, (int)summary["published"]!).ShouldBe((Count, Count), summary.ToJsonString());
        foreach (var channel in new[] { "chat:0", "chat:1", "board:0", "board:1" })
        {
            var kept = (await api.GetAsync($"channels/{channel}/history?limit=1000&reverse=true")).Body["messages"]!.AsArray().Select(message => (int)message!["data"]!).ToList();
            kept.ShouldBe(kept.OrderDescending());
        }
    }

    [Fact]
    public async Task A_stream_that_comes_faster_than_one_channel_takes_it_waits_and_loses_nothing()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        var body = new StringBuilder().Insert(0, "{\"channel\":\"chat:a\",\"data\":1}\n", 60_000).ToString();

        var (_, summary) = await api.PostAsync("ingest", body, "application/x-ndjson");

        ((int)summary["published"]!, (int)summary["failed"]!).ShouldBe((60_000, 0));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_refused_without_being_kept_and_the_next_one_is_read()
    {
        await using var app = await StartAsync("memory");
        using var api = new ApiCalls(app.Clients);
        var body = $$"""{"channel":"chat:a","data":"{{new string('x', 3_000_000)}}"}""" + "\n" + """{"channel":"chat:a","data":2}""";

        var (_, summary) = await api.PostAsync("ingest", body, "application/x-ndjson");

        (summary["errors"]!.AsArray().Select(error => ((int)error!["line"]!, (string)error["code"]!)).Single(), (int)summary["published"]!).ShouldBe(((1, "too_large"), 1));
    }

    private static async Task<OperatedApp> StartAsync(string store) => store == "postgres"
        ? await OperatedApp.StartAsync("a", [.. ApiCalls.Options, await StoreAsync(store, "")])
        : await OperatedApp.StartAsync("a", ApiCalls.Options);

    private static async Task<(string, string)> StoreAsync(string store, string folder)
    {
        if (store == "sqlite")
        {
            return ("Store", $"sqlite:{Path.Combine(folder, "api.db")}");
        }

        var server = await PostgresServer.SharedAsync();
        return ("Store", $"postgres:{server.ConnectionString(await server.CreateDatabaseAsync())}");
    }
}
