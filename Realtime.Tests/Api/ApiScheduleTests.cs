using System.Net;
using System.Text.Json.Nodes;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Operations;
using Realtime.Tests.Support;

namespace Realtime.Tests.Api;

/// <summary>Publishes at a time, through the API.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiScheduleTests(ApiNode node) : IClassFixture<ApiNode>
{
    private readonly ApiCalls _api = new(node.App.Clients);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_scheduled_is_published_at_its_time_and_not_before(bool asText)
    {
        var due = In(1.5);
        var at = asText ? $"\"{DateTimeOffset.FromUnixTimeMilliseconds(due):yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'}\"" : $"{due}";
        await using var client = await RawClient.HelloAsync(node.App.Clients);
        await client.AskAsync($$"""{"type":"subscribe","id":2,"channel":"chat:one-{{asText}}"}""");

        var (id, said) = await ScheduleAsync($$"""{"channel":"chat:one-{{asText}}","data":{"n":1},"tags":{"k":"v"},"at":{{at}}}""");
        said.ShouldBe(due);
        (await StateAsync(id)).ShouldBe("pending");
        var message = await client.WaitAsync("message");

        TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ShouldBeGreaterThanOrEqualTo(due);
        (message["data"]!.ToJsonString(), message["tags"]!.ToJsonString()).ShouldBe(("""{"n":1}""", """{"k":"v"}"""));
        await UntilAsync(id, "fired");
        ((string)(await _api.GetAsync($"schedules/{id}")).Body["position"]!).ShouldEndWith($":{message["offset"]}");
    }

    [Fact]
    public async Task What_is_due_together_goes_out_in_the_order_of_its_time_and_then_of_its_making()
    {
        var due = In(2);
        var lines = string.Join('\n', Enumerable.Range(0, 300).Select(i => $$"""{"channel":"chat:order","data":{{i}},"at":{{due + (i % 3)}}}"""));

        var (_, summary) = await _api.PostAsync("ingest", lines, "application/x-ndjson");
        ((int)summary["published"]!, (int)summary["failed"]!).ShouldBe((300, 0), summary.ToJsonString());

        await OperatedApp.UntilAsync("all of them to be published", async () => (await _api.HistoryAsync("chat:order")).Length == 300);
        (await _api.HistoryAsync("chat:order")).Select(int.Parse).ShouldBe(Enumerable.Range(0, 300).OrderBy(i => i % 3).ThenBy(i => i));
    }

    [Fact]
    public async Task Every_way_to_publish_schedules()
    {
        var due = In(1);
        var (_, batch) = await _api.PostAsync("batch", $$"""[{"channel":"chat:ways","data":1,"at":{{due}}},{"channel":"chat:ways","data":2},{"channel":"nowhere:a","data":3,"at":{{due}}}]""");
        batch["results"]!.AsArray().Select(result => result!["schedule"] is not null ? "scheduled" : (string?)result["code"] ?? "published").ShouldBe(["scheduled", "published", "not_found"]);
        var (_, many) = await _api.PublishAsync($$"""{"channels":["chat:ways","board:ways","cursors:ways"],"data":4,"at":{{due}}}""");
        many["results"]!.AsArray().Select(result => (string)result!["schedule"]!).Distinct().Count().ShouldBe(3);
        var (user, _) = await ScheduleAsync($$"""{"user":"ways","data":5,"at":{{due}}}""");
        var (bytes, _) = await ScheduleAsync($$"""{"channel":"chat:ways-bytes","bytes":"AAH/","at":{{due}}}""");
        await using var client = await RawClient.HelloAsync(node.App.Clients);
        var (session, _) = await ScheduleAsync($$"""{"session":"{{client.SessionId}}","data":6,"at":{{due}}}""");
        var (nobody, _) = await ScheduleAsync($$"""{"session":"AAAAAAAAAAAAAAAAAAAAAQ","data":7,"at":{{due}}}""");
        foreach (var result in many["results"]!.AsArray())
        {
            await UntilAsync((string)result!["schedule"]!, "fired");
        }

        await UntilAsync(user, "fired");
        await UntilAsync(session, "fired");
        await UntilAsync(bytes, "fired");
        await UntilAsync(nobody, "refused");
        ((int)(await client.WaitAsync("message"))["data"]!).ShouldBe(6);
        (await _api.HistoryAsync("@ways")).ShouldBe(["5"]);
        (await _api.HistoryAsync("chat:ways")).Order().ShouldBe(["1", "2", "4"]);
        ((string)(await _api.GetAsync("channels/chat%3Aways-bytes/history")).Body["messages"]![0]!["bytes"]!).ShouldBe("AAH/");
    }

    [Theory]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":1000}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":-1}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":1.5}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":"soon"}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":"2090-01-01T00:00:00"}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":"2090-01-01T00:00:00Z"}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":"1999-01-01T00:00:00+01:00"}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":null}""")]
    [InlineData("at", """{"channel":"chat:a","data":1,"at":253402300800000}""")]
    [InlineData("data", """{"channel":"small:a","data":"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890","at":1000}""")]
    public async Task What_cannot_be_scheduled_says_what_is_wrong(string field, string body)
    {
        var (status, fault) = await _api.PublishAsync(body);

        ((int)status, (string?)fault["field"]).ShouldBeOneOf((400, field), (413, field));
    }

    [Fact]
    public async Task What_has_just_passed_is_published_at_once()
    {
        var (id, _) = await ScheduleAsync($$"""{"channel":"chat:just","data":1,"at":{{In(-30)}}}""");

        await UntilAsync(id, "fired");
    }

    [Fact]
    public async Task What_is_cancelled_is_not_published_and_what_is_published_is_not_cancelled()
    {
        var (late, _) = await ScheduleAsync($$"""{"channel":"chat:cancel","data":"late","at":{{In(3600)}}}""");
        var (soon, _) = await ScheduleAsync($$"""{"channel":"chat:cancel","data":"soon","at":{{In(1)}}}""");
        (await _api.DeleteAsync($"schedules/{late}")).Status.ShouldBe(HttpStatusCode.OK);
        (await _api.DeleteAsync($"schedules/{late}")).Status.ShouldBe(HttpStatusCode.OK, "it is cancelled already");
        await UntilAsync(soon, "fired");

        var (status, fault) = await _api.DeleteAsync($"schedules/{soon}");
        (status, (string?)fault["code"]).ShouldBe((HttpStatusCode.Conflict, "conflict"));
        (await StateAsync(late)).ShouldBe("cancelled");
        (await _api.DeleteAsync("schedules/AAAAAAAAAAAAAAAAAAAAAA")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _api.DeleteAsync("schedules/x")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _api.HistoryAsync("chat:cancel")).ShouldBe(["\"soon\""]);
    }

    [Fact]
    public async Task Of_a_cancellation_and_the_due_time_one_wins_and_says_so()
    {
        var due = In(1.2);
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            ids.Add((await ScheduleAsync($$"""{"channel":"chat:race-{{i % 4}}","data":"{{i}}","at":{{due}}}""")).Id);
        }

        await Soon.IsTrueAsync(() => In(0) >= due - 5, "the time to come");
        var cancelled = await Task.WhenAll(ids.Select(async id => (Id: id, (await _api.DeleteAsync($"schedules/{id}")).Status)));

        foreach (var (id, status) in cancelled)
        {
            status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Conflict);
            await UntilAsync(id, status is HttpStatusCode.OK ? "cancelled" : "fired");
        }

        var published = (await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _api.HistoryAsync($"chat:race-{i}")))).SelectMany(all => all).ToList();
        published.Count.ShouldBe(cancelled.Count(one => one.Status is HttpStatusCode.Conflict));
        published.Distinct().Count().ShouldBe(published.Count);
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_at_its_time_is_a_refusal_that_the_list_shows()
    {
        var head = await _api.PublishedAsync("""{"channel":"chat:condition","data":0}""");
        var due = In(1);
        var (wins, _) = await ScheduleAsync($$"""{"channel":"chat:condition","data":1,"expected":"{{head}}","at":{{due}}}""");
        var (loses, _) = await ScheduleAsync($$"""{"channel":"chat:condition","data":2,"expected":"{{head}}","at":{{due}}}""");
        await UntilAsync(wins, "fired");
        await UntilAsync(loses, "refused");

        var refused = (await _api.GetAsync("schedules?prefix=chat:condition&state=refused")).Body["schedules"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)refused["id"]!, (string?)refused["code"], (string?)refused["owner"]).ShouldBe((loses, "conflict", "backend"));
        (await _api.HistoryAsync("chat:condition")).ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task A_key_that_is_given_again_names_the_schedule_that_there_is()
    {
        var first = await ScheduleAsync($$"""{"channel":"chat:key","data":1,"at":{{In(3600)}},"idempotencyKey":"k"}""");
        var again = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ScheduleAsync($$"""{"channel":"chat:key","data":{{i}},"at":{{In(i)}},"idempotencyKey":"k"}""")));
        var together = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ScheduleAsync($$"""{"channel":"chat:key","data":{{i}},"at":{{In(7200)}},"idempotencyKey":"other"}""")));

        again.Distinct().ShouldBe([first]);
        together.Select(one => one.Id).Distinct().ShouldHaveSingleItem().ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task The_list_goes_by_time_in_pages_and_by_prefix()
    {
        for (var i = 0; i < 7; i++)
        {
            await ScheduleAsync($$"""{"channel":"chat:list-{{i % 2}}","data":{{i}},"ttl":60,"at":{{In(5000 - (i * 100))}}}""");
        }

        var seen = new List<JsonNode>();
        for (string? after = null; ;)
        {
            var (_, page) = await _api.GetAsync($"schedules?prefix=chat:list-&state=pending&limit=3{(after is null ? "" : $"&after={after}")}");
            seen.AddRange(page["schedules"]!.AsArray()!);
            if ((after = (string?)page["next"]) is null)
            {
                break;
            }
        }

        seen.Count.ShouldBe(7);
        seen.Select(one => (long)one["at"]!).ShouldBe(seen.Select(one => (long)one["at"]!).Order());
        seen.ShouldAllBe(one => (double)one["ttl"]! == 60 && (int)one["bytes"]! == 1);
        (await _api.GetAsync("schedules?prefix=chat:list-1")).Body["schedules"]!.AsArray().Count.ShouldBe(3);
        foreach (var (query, field) in new[] { ("limit=0", "limit"), ("limit=101", "limit"), ("state=x", "state"), ("after=x", "after"), ("other=1", "other") })
        {
            var (status, fault) = await _api.GetAsync("schedules?" + query);
            (status, (string?)fault["field"]).ShouldBe((HttpStatusCode.BadRequest, field), query);
        }
    }

    [Fact]
    public async Task A_key_sees_and_cancels_only_what_its_channels_are()
    {
        await using var app = await OperatedApp.StartAsync("a", [
            .. ApiCalls.Options, ("Api:Keys:narrow:Secret", ApiCalls.Secret), ("Api:Keys:narrow:Scopes", "publish, read"), ("Api:Keys:narrow:Channels:0", "chat:mine*"),
            ("Schedules:Pending", "3"), ("Schedules:PendingPerKey", "2"),
        ]);
        using var wide = new ApiCalls(app.Clients);
        using var narrow = new ApiCalls(app.Clients, "narrow." + ApiCalls.Secret);
        var other = (string)(await wide.PublishAsync($$"""{"channel":"chat:other","data":1,"at":{{In(3600)}}}""")).Body["schedule"]!;
        var mine = (string)(await wide.PublishAsync($$"""{"channel":"chat:mine","data":1,"at":{{In(3600)}}}""")).Body["schedule"]!;

        (await narrow.GetAsync($"schedules/{other}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await narrow.DeleteAsync($"schedules/{other}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await narrow.GetAsync("schedules")).Body["schedules"]!.AsArray().Select(one => (string)one!["id"]!).ShouldBe([mine]);
        (await wide.PublishAsync($$"""{"channel":"chat:mine","data":1,"at":{{In(3600)}}}""")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await narrow.PublishAsync($$"""{"channel":"chat:other","data":1,"at":{{In(3600)}}}""")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await narrow.PublishAsync($$"""{"channel":"chat:mine","data":1,"at":{{In(3600)}}}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await narrow.PublishAsync($$"""{"channel":"chat:mine","data":1,"at":{{In(3600)}}}""")).Status.ShouldBe(HttpStatusCode.TooManyRequests, "there are three");
        (await narrow.DeleteAsync($"schedules/{mine}")).Status.ShouldBe(HttpStatusCode.OK);
        (await narrow.PublishAsync($$"""{"channel":"chat:mine","data":1,"at":{{In(3600)}}}""")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_is_due_while_no_node_runs_is_published_by_the_next_one_in_its_order_and_what_is_too_late_is_not(string store)
    {
        using var folder = new Hosting.TemporaryDirectory();
        var options = store == "sqlite" ? ("Store", $"sqlite:{Path.Combine(folder.Path, "api.db")}") : ("Store", await PostgresAsync());
        string cancelled, expired, later;
        long due;
        await using (var app = await OperatedApp.StartAsync("a", [.. ApiCalls.Options, options]))
        {
            using var api = new ApiCalls(app.Clients);
            due = In(6);
            for (var i = 0; i < 30; i++)
            {
                (await api.PublishAsync($$"""{"channel":"chat:a","data":{{i}},"at":{{due - i}}}""")).Status.ShouldBe(HttpStatusCode.OK);
            }

            cancelled = (string)(await api.PublishAsync($$"""{"channel":"chat:a","data":"cancelled","at":{{due}}}""")).Body["schedule"]!;
            expired = (string)(await api.PublishAsync($$"""{"channel":"chat:a","data":"expired","ttl":0.001,"at":{{due}}}""")).Body["schedule"]!;
            later = (string)(await api.PublishAsync($$"""{"channel":"chat:a","data":"later","at":{{due + 3_600_000}},"idempotencyKey":"later"}""")).Body["schedule"]!;
            (await api.DeleteAsync($"schedules/{cancelled}")).Status.ShouldBe(HttpStatusCode.OK);
            (await api.HistoryAsync("chat:a")).ShouldBeEmpty();
        }

        await Soon.IsTrueAsync(() => In(0) > due, "the time to pass");
        for (var run = 0; run < 2; run++)
        {
            await using var app = await OperatedApp.StartAsync("a", [.. ApiCalls.Options, options]);
            using var api = new ApiCalls(app.Clients);
            await OperatedApp.UntilAsync("what is overdue to be published", async () => (await api.HistoryAsync("chat:a")).Length >= 30 && await State(api, expired) == "expired");
            (await api.HistoryAsync("chat:a")).ShouldBe(Enumerable.Range(0, 30).Reverse().Select(i => $"{i}"));
            (await State(api, cancelled), await State(api, later)).ShouldBe(("cancelled", "pending"));
            (await api.PublishAsync($$"""{"channel":"chat:a","data":"later","at":{{due + 60_000}},"idempotencyKey":"later"}""")).Body["schedule"]!.ToString().ShouldBe(later);
            (await api.GetAsync("schedules?state=fired")).Body["schedules"]!.AsArray().Count.ShouldBe(30);
        }

        static async Task<string?> State(ApiCalls api, string id) => (string?)(await api.GetAsync($"schedules/{id}")).Body["state"];
    }

    private static long In(double seconds) => TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToUnixTimeMilliseconds();

    private static async Task<string> PostgresAsync()
    {
        var server = await PostgresServer.SharedAsync();
        return $"postgres:{server.ConnectionString(await server.CreateDatabaseAsync())}";
    }

    private async Task<(string Id, long At)> ScheduleAsync(string body)
    {
        var (status, answer) = await _api.PublishAsync(body);
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        return ((string)answer["schedule"]!, (long)answer["at"]!);
    }

    private async Task<string?> StateAsync(string id) => (string?)(await _api.GetAsync($"schedules/{id}")).Body["state"];

    private Task UntilAsync(string id, string state) => OperatedApp.UntilAsync($"the schedule to be {state}", async () => await StateAsync(id) == state);
}
