using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Node.Api;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Operations;

namespace Realtime.Tests.Api;

/// <summary>Requests as a whole: what is refused, what is seen, what is done, and what the description says of it.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiRequestTests(ApiNode node) : IClassFixture<ApiNode>
{
    private readonly ApiCalls _api = new(node.App.Clients);

    [Theory]
    [InlineData("publish", "text/plain", "{}", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("publish", "application/json", "", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("publish", "application/json", """{"channel":"nowhere:a","data":1}""", HttpStatusCode.NotFound, "not_found")]
    [InlineData("publish", "application/json", """{"channel":"cursors:a","data":1,"expected":"a:1"}""", HttpStatusCode.Conflict, "conflict")]
    [InlineData("batch", "application/json", "[]", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("batch", "application/json", """{"message":[]}""", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("batch", "application/json", """{"messages":[{"channel":"a","data":1}],"x":1}""", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("batch", "application/json", """[{"channel":"a","data":1}""", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("ingest", "application/json", "{}", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("sessions/xx/disconnect", "application/json", "{}", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("sessions/AAAAAAAAAAAAAAAAAAAAAQ/disconnect", "application/json", "{}", HttpStatusCode.NotFound, "not_found")]
    [InlineData("sessions/AAAAAAAAAAAAAAAAAAAAAQ/disconnect", "application/json", """{"reconect":true}""", HttpStatusCode.BadRequest, "bad_request")]
    [InlineData("nothing", "application/json", "{}", HttpStatusCode.NotFound, "not_found")]
    public async Task A_wrong_request_is_a_problem_with_a_code(string path, string type, string body, HttpStatusCode status, string code)
    {
        var (given, problem) = await _api.PostAsync(path, body, type);
        (given, (string)problem["code"]!, (int)problem["status"]!).ShouldBe((status, code, (int)status), problem.ToJsonString());
        ((string)problem["detail"]!).ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Bodies_are_bounded()
    {
        var (one, _) = await _api.PublishAsync($$"""{"channel":"chat:a","data":"{{new string('x', 1024 * 1024)}}"}""");
        one.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var (many, problem) = await _api.PostAsync("batch", $"[{string.Join(',', Enumerable.Repeat("""{"channel":"chat:a","data":1}""", 1001))}]");
        (many, (string)problem["code"]!).ShouldBe((HttpStatusCode.TooManyRequests, "too_many"));
    }

    [Theory]
    [InlineData("channels?limit=0")]
    [InlineData("channels?limt=5")]
    [InlineData("channels/chat:a/history?limit=1001")]
    [InlineData("channels/chat:a/history?after=5")]
    [InlineData("channels/chat:a/history?reverse=yes")]
    [InlineData("channels/chat:a/presence?after=x")]
    [InlineData("sessions/x")]
    public async Task A_wrong_question_is_refused(string path) => (await _api.GetAsync(path)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Without_a_key_or_with_a_wrong_one_nothing_is_answered()
    {
        foreach (var key in new[] { null, "backend.wrong", "other." + ApiCalls.Secret })
        {
            using var stranger = new ApiCalls(node.App.Clients, key);
            (await stranger.PublishAsync("""{"channel":"chat:a","data":1}""")).Status.ShouldBe(HttpStatusCode.Unauthorized);
            (await stranger.GetAsync("nothing")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_name_with_a_slash_is_another_channel_than_the_name_with_its_code()
    {
        await _api.PublishedAsync("""{"channel":"chat:x/y","data":1}""");
        await _api.PublishedAsync("""{"channel":"chat:x%2Fy","data":2}""");

        (await _api.HistoryAsync("chat:x/y")).ShouldBe(["1"]);
        (await _api.HistoryAsync("chat:x%2Fy")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Who_is_present_is_told_and_a_session_is_disconnected()
    {
        await using var client = await RawClient.HelloAsync(node.App.Clients);
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:present","presence":{"name":"Ann"}}""");
        JsonNode? presence = null;
        await OperatedApp.UntilAsync("the member to be seen", async () => (int)(presence = (await _api.GetAsync("channels/chat:present/presence")).Body)["count"]! == 1);
        var id = client.SessionId.ToString();
        ((string)presence!["members"]![0]!["session"]!, (string)presence["members"]![0]!["data"]!["name"]!).ShouldBe((id, "Ann"));
        (await _api.GetAsync($"sessions/{id}")).Body["session"]!["state"]!.GetValue<string>().ShouldBe("attached");

        var (status, answer) = await _api.PostAsync($"sessions/{id}/disconnect", """{"reconnect":false,"reason":"test"}""");

        (status, (int)answer["disconnected"]!).ShouldBe((HttpStatusCode.OK, 1));
        await client.ClosedAsync();
        ((int)client.CloseStatus!.Value).ShouldBe(4205);
    }

    [Fact]
    public async Task The_description_has_exactly_the_routes_that_there_are()
    {
        var (status, document) = await _api.GetAsync("openapi.json");
        status.ShouldBe(HttpStatusCode.OK);
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}"));
        var mapped = node.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<ApiRoute>()).OfType<ApiRoute>().Select(route => $"{route.Method} /api/v1/{route.Pattern}").ToList();

        mapped.Count.ShouldBeGreaterThan(10);
        described.Order().ShouldBe(mapped.Order());
        document["paths"]!["/api/v1/channels/{name}/history"]!["get"]!["parameters"]!.AsArray().Select(parameter => (string)parameter!["name"]!).ShouldBe(["name", "limit", "after", "reverse"]);
        document["paths"]!["/api/v1/publish"]!["post"]!["requestBody"]!["content"]!["application/json"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Api:Keys:a:Scopes", "publish", "needs Hash or Secret")]
    [InlineData("Api:Keys:a:Secret", "short", "32 to 256")]
    [InlineData("Api:Keys:a:Hash", "zz", "64 hexadecimal")]
    [InlineData("Api:Keys:a:Scopes", "publsh", "must be one of publish")]
    [InlineData("Api:Keys:a:Channels", "a*b", "at its end only")]
    [InlineData("Api:Keys:a.b:Scopes", "read", "must be called by")]
    [InlineData("Api:Keys:a:RequestsPerSecond", "0", "RequestsPerSecond")]
    public void A_wrong_key_in_the_configuration_is_a_fault(string key, string value, string says)
    {
        var settings = new Dictionary<string, string?> { ["Realtime:" + key] = value };
        var builder = ProgramBuilder.Create("Realtime.Node", settings);
        Should.Throw<RealtimeConfigurationException>(() => NodeConfiguration.Read(builder.Configuration)).Faults.ShouldContain(fault => fault.Contains(says, StringComparison.Ordinal));
    }
}
