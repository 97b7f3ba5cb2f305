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
