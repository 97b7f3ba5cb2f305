using System.Net;
using Realtime.Client;
using Realtime.Node.Hosting;
using Realtime.Tests.Pbm;

namespace Realtime.Tests.Api;

/// <summary>What calls the API: the C# client, pbm, a page, and the verb that makes keys for them.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiCallersTests(ApiNode node) : IClassFixture<ApiNode>
{
    private readonly ApiCalls _api = new(node.App.Clients);

    [Fact]
    public async Task The_client_for_back_ends_publishes_and_is_told_why_not()
    {
        using var api = new RealtimeApi(node.App.Clients, ApiCalls.Key);
        var options = new ApiPublishOptions { IdempotencyKey = "one", Tags = new Dictionary<string, string> { ["k"] = "v" }, TimeToLive = TimeSpan.FromMinutes(1) };

        var first = await api.PublishAsync("chat:client", new { Text = "hi" }, options, TestContext.Current.CancellationToken);
        (await api.PublishAsync("chat:client", new { Text = "hi" }, options, TestContext.Current.CancellationToken)).ShouldBe(first);
        (await api.PublishAsync("chat:client", 2, new ApiPublishOptions { Expected = first }, TestContext.Current.CancellationToken))!.Value.Offset.ShouldBe(first!.Value.Offset + 1);
        (await api.PublishAsync("cursors:client", 2, cancellation: TestContext.Current.CancellationToken)).ShouldBeNull();
        (await api.PublishToUserAsync("ann", 3, cancellation: TestContext.Current.CancellationToken)).ShouldNotBeNull();

        (await _api.HistoryAsync("chat:client")).ShouldBe(["""{"text":"hi"}""", "2"]);
        var refusal = await Should.ThrowAsync<RealtimeException>(api.PublishAsync("chat:client", 3, new ApiPublishOptions { Expected = first }, TestContext.Current.CancellationToken));
        (refusal.Code, refusal.Outcome).ShouldBe((ErrorCodes.Conflict, Outcome.None));
        (await Should.ThrowAsync<RealtimeException>(api.DisconnectSessionAsync("AAAAAAAAAAAAAAAAAAAAAQ", cancellation: TestContext.Current.CancellationToken))).Code.ShouldBe(ErrorCodes.NotFound);
        await api.DisconnectUserAsync("nobody", cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pbm_publishes_with_a_key_of_the_application()
    {
        var published = await PbmAsync(ApiCalls.Key, "channel", "publish", "chat:pbm", "1", "--api-url", node.App.Clients.ToString());
        (published.Code, published.Error).ShouldBe((0, ""));
        published.Output.ShouldContain("Published at ");
        (await _api.HistoryAsync("chat:pbm")).ShouldBe(["1"]);

        (await PbmAsync("backend.wrong", "channel", "publish", "chat:pbm", "1", "--api-url", node.App.Clients.ToString())).Code.ShouldBe(4);
        (await PbmAsync(ApiCalls.Key, "channel", "publish", "nowhere:pbm", "1", "--api-url", node.App.Clients.ToString())).Code.ShouldBe(5);
    }

    [Fact]
    public async Task The_client_for_back_ends_schedules_lists_and_cancels()
    {
        using var api = new RealtimeApi(node.App.Clients, ApiCalls.Key);
        var at = TimeProvider.System.GetUtcNow().AddHours(1);
        var first = await api.ScheduleAsync("chat:client-due", new { Text = "hi" }, at, new ApiPublishOptions { IdempotencyKey = "due" }, TestContext.Current.CancellationToken);
        (await api.ScheduleAsync("chat:client-due", 2, at, new ApiPublishOptions { IdempotencyKey = "due" }, TestContext.Current.CancellationToken)).ShouldBe(first);
        var user = await api.ScheduleToUserAsync("client-due", 3, at.AddMinutes(1), cancellation: TestContext.Current.CancellationToken);

        (await api.CancelScheduleAsync(user, TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await api.CancelScheduleAsync("nothing", TestContext.Current.CancellationToken)).ShouldBeFalse();
        var page = await api.GetSchedulesAsync("chat:client-due", "pending", cancellation: TestContext.Current.CancellationToken);
        (page.Schedules.ShouldHaveSingleItem(), page.Next).ShouldBe((new ScheduledPublish(first, "chat:client-due", DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()), "pending", null, null, null), null));
        (await api.GetSchedulesAsync("@client-due", cancellation: TestContext.Current.CancellationToken)).Schedules.Single().State.ShouldBe("cancelled");
        (await Should.ThrowAsync<RealtimeException>(api.ScheduleAsync("chat:a", 1, at.AddYears(2), cancellation: TestContext.Current.CancellationToken))).Code.ShouldBe(ErrorCodes.BadRequest);
    }

    [Fact]
    public async Task Pbm_schedules_lists_and_cancels_with_a_key_of_the_application()
    {
        string[] at = ["--api-url", node.App.Clients.ToString()];
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        var made = await PbmAsync(ApiCalls.Key, ["channel", "publish", "chat:pbm-due", "1", "--at", $"{due:yyyy-MM-dd'T'HH:mm:ss'Z'}", .. at]);
        (made.Code, made.Error).ShouldBe((0, ""));
        made.Output.ShouldContain($"Scheduled for {due:yyyy-MM-dd HH:mm:ss}Z as ");
        var id = made.Output.Split(" as ")[1].Trim().TrimEnd('.');
        (await PbmAsync(ApiCalls.Key, ["schedule", "list", "--prefix", "chat:pbm-due", .. at])).Output.ShouldContain(id);
        (await PbmAsync(ApiCalls.Key, ["schedule", "cancel", id, .. at])).Code.ShouldBe(0);
        var listed = await PbmAsync(ApiCalls.Key, ["schedule", "list", "--prefix", "chat:pbm-due", "--state", "cancelled", "--json", .. at]);
        listed.Output.ShouldContain($"\"id\":\"{id}\"");
        (await PbmAsync(ApiCalls.Key, ["schedule", "cancel", "AAAAAAAAAAAAAAAAAAAAAA", .. at])).Code.ShouldBe(5);
        (await PbmAsync(ApiCalls.Key, ["channel", "publish", "chat:pbm-due", "1", "--at", "1000", .. at])).Code.ShouldBe(2);
        (await PbmAsync("", ["schedule", "list", .. at])).Error.ShouldContain("PBM_API_KEY");
        (await PbmAsync("", ["channel", "publish", "chat:pbm-due", "1", "--at", "soon", .. at])).Code.ShouldBe(2);
    }

    [Fact]
    public async Task The_page_and_the_description_are_open()
    {
        using var http = new HttpClient { BaseAddress = node.App.Clients };
        foreach (var path in new[] { "/api/", "/api/api.js", "/api/api.css", "/api/v1/openapi.json" })
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task A_key_that_is_made_is_one_that_the_configuration_takes()
    {
        using var output = new StringWriter();
        (await NodeCommandLine.RunAsync(["api-key", "--id", "backend"], output, TextWriter.Null)).ShouldBe(0);
        var text = output.ToString();
        var secret = text.Split("Bearer backend.")[1].Split('\n')[0].Trim();
        secret.Length.ShouldBe(64);
        text.ShouldContain(Convert.ToHexStringLower(Realtime.Node.Api.Door.ApiKeys.HashOf(secret)));

        using var faults = new StringWriter();
        (await NodeCommandLine.RunAsync(["api-key", "--id", "a.b"], TextWriter.Null, faults)).ShouldBe(2);
        faults.ToString().ShouldContain("--id must be");
    }

    private static Task<PbmRun> PbmAsync(string key, params string[] arguments) =>
        PbmRun.At("http://localhost:1", around => around with { Variable = name => name == "PBM_API_KEY" ? key : null }, arguments);
}
