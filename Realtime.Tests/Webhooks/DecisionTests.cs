using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Realtime.Client;
using Realtime.Node.Application;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Telemetry;
using Realtime.Node.Webhooks;
using Realtime.Tests.Application;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using Receiver = Realtime.Client.WebhookSignature;

namespace Realtime.Tests.Webhooks;

/// <summary>What an application's endpoints decide about its clients, over real sockets.</summary>
[Collection(ActorSystems.Name)]
public sealed class DecisionTests
{
    private const string Publish = """{"type":"publish","id":5,"channel":"chat:room","data":1}""";

    [Fact]
    public async Task A_connect_is_decided_with_what_the_client_says_of_itself()
    {
        await using var app = await Endpoint.StartAsync(posted => posted.Json.GetProperty("data").GetProperty("door").GetInt32() == 7
            ? """{"user":{"name":"ann","info":{"age":7},"channels":{"chat:*":["subscribe"]}}}"""
            : """{"allow":false,"code":"unauthorized","message":"the other door"}""");
        await using var node = await StartAsync(app.Url, "connect");

        var client = await node.ConnectAsync(options => options with { HelloData = JsonElement.Parse("""{"door":7}""") });

        client.User.ShouldBe("ann");
        var posted = app.Requests.Single();
        Receiver.Verify(posted.Headers[Receiver.Header], posted.Body, [Endpoint.Secret], TimeProvider.System.GetUtcNow()).ShouldBeTrue();
        (posted.Headers["Realtime-Hook"], posted.Hook, posted.Headers["Realtime-Id"]).ShouldBe(("connect", "connect", posted.Json.GetProperty("id").GetString()));
        var refused = await Should.ThrowAsync<RealtimeException>(node.ConnectAsync(options => options with { HelloData = JsonElement.Parse("""{"door":8}""") }));
        refused.Code.ShouldBe("unauthorized");
        refused.Message.ShouldContain("the other door");
    }

    [Fact]
    public async Task Subscribes_and_publishes_are_decided_on_the_endpoints_channels_and_on_no_others()
    {
        await using var app = await Endpoint.StartAsync(posted => posted.Hook switch
        {
            "subscribe" => posted.Json.GetProperty("channel").GetString() == "chat:closed" ? """{"allow":false,"message":"closed"}""" : "{}",
            _ => posted.Json.GetProperty("data").GetString() == "rude" ? """{"code":"rate_limited","message":"calm down","retryAfter":1500}""" : """{"data":"polite"}""",
        });
        await using var node = await StartAsync(app.Url, "subscribe,publish", endpoint => endpoint.Channels = ["chat:*"]);
        var client = await node.ConnectAsync();
        var open = client.Subscribe("chat:open");
        await client.Subscribe("other:room").Ready;
        var refused = await Should.ThrowAsync<RealtimeException>(client.Subscribe("chat:closed").Ready);
        await open.Ready;

        await using var raw = await RawClient.HelloAsync(node.Url, "");
        var rude = await raw.AskAsync("""{"type":"publish","id":5,"channel":"chat:open","data":"rude"}""");
        await client.PublishAsync("chat:open", "hello");
        await client.PublishAsync("other:room", "hello");

        refused.Code.ShouldBe("forbidden");
        refused.Message.ShouldContain("closed");
        (rude["code"]!.GetValue<string>(), rude["retryAfter"]!.GetValue<int>()).ShouldBe(("rate_limited", 1500));
        (await NextAsync(open)).GetString().ShouldBe("polite");
        app.Requests.Select(posted => posted.Json.GetProperty("channel").GetString()).ShouldBe(
            ["chat:open", "chat:closed", "chat:open", "chat:open"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_numbered_call_is_made_once_and_its_repeats_get_the_same_reply()
    {
        var count = 0;
        await using var app = await Endpoint.StartAsync(_ => $$"""{"data":{{++count}}}""");
        await using var node = await StartAsync(app.Url, "call");
        await using var client = await RawClient.HelloAsync(node.Url, "\"producer\":\"p-1\"");
        await using var other = await RawClient.HelloAsync(node.Url, "\"producer\":\"p-1\"");
        const string Call = """{"type":"call","id":7,"method":"count","seq":3,"data":0}""";

        (await client.AskAsync(Call))["data"]!.GetValue<int>().ShouldBe(1);
        (await other.AskAsync(Call))["data"]!.GetValue<int>().ShouldBe(1);

        count.ShouldBe(1);
        app.Requests.Single().Headers["Idempotency-Key"].ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_numbered_call_that_failed_on_its_way_is_tried_again_under_its_key()
    {
        var tries = 0;
        await using var app = await Endpoint.StartAsync(async (_, response) =>
        {
            if (++tries == 1)
            {
                response.StatusCode = 503;
                return;
            }

            response.ContentType = "application/json";
            await response.WriteAsync("""{"data":"done"}""");
        });
        await using var node = await StartAsync(app.Url, "call");
        var client = await node.ConnectAsync();

        (await client.CallAsync("buy", 0))!.Value.GetString().ShouldBe("done");

        app.Requests.Select(posted => posted.Headers["Idempotency-Key"]).Distinct().Count().ShouldBe(1);
        app.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Only_the_methods_of_an_endpoint_are_answered()
    {
        await using var app = await Endpoint.StartAsync(_ => "{}");
        await using var node = await StartAsync(app.Url, "call", endpoint => endpoint.Methods = ["buy"]);
        var client = await node.ConnectAsync();

        (await client.CallAsync("buy", 0)).ShouldBeNull();
        (await Should.ThrowAsync<RealtimeException>(client.CallAsync("sell", 0))).Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task What_the_handlers_of_the_process_decide_the_endpoint_is_not_asked()
    {
        await using var app = await Endpoint.StartAsync(posted => posted.Hook == "call" ? """{"data":"endpoint"}""" : "{}");
        await using var node = await ApplicationNode.StartAsync(
            realtime => realtime.OnCall("mine", () => "handler").OnPublish("chat:mine", (PublishContext _) => true),
            with: options => options.Webhooks.Endpoints["app"] = Options(app.Url, "publish,call"));
        var client = await node.ConnectAsync();

        (await client.CallAsync("mine", 0))!.Value.GetString().ShouldBe("handler");
        (await client.CallAsync("other", 0))!.Value.GetString().ShouldBe("endpoint");
        await client.PublishAsync("chat:mine", 1);
        await client.PublishAsync("chat:other", 1);

        app.Requests.Select(posted => posted.Hook).ShouldBe(["call", "publish"]);
    }

    [Theory]
    [InlineData(500, "", "unavailable")]
    [InlineData(301, "", "unavailable")]
    [InlineData(200, "rubbish", "unavailable")]
    [InlineData(200, "[]", "unavailable")]
    [InlineData(200, "null", "unavailable")]
    [InlineData(200, """{"alow":false}""", "unavailable")]
    [InlineData(200, """{"allow":"no"}""", "unavailable")]
    [InlineData(200, """{"allow":true,"allow":false}""", "unavailable")]
    [InlineData(200, """{"allow":true,"code":"forbidden"}""", "unavailable")]
    [InlineData(200, """{"code":"no_such_code"}""", "unavailable")]
    [InlineData(200, """{"message":"why"}""", "unavailable")]
    [InlineData(200, """{"user":{"name":"ann"}}""", "unavailable")]
    [InlineData(200, """{"allow":false,"retryAfter":-1}""", "unavailable")]
    public async Task An_endpoint_that_is_wrong_refuses_and_the_client_is_told_when_to_come_again(int status, string body, string code)
    {
        await using var app = await Endpoint.StartAsync(async (_, response) =>
        {
            response.StatusCode = status;
            response.ContentType = "application/json";
            await response.WriteAsync(body);
        });
        await using var node = await StartAsync(app.Url, "publish");
        await using var client = await RawClient.HelloAsync(node.Url, "");

        var refused = await client.AskAsync(Publish);

        (refused["code"]!.GetValue<string>(), refused["retryAfter"]!.GetValue<int>()).ShouldBe((code, 1000));
        node.Log.Lines.ShouldContain(line => line.Event == LogEvents.WebhookFails);
    }

    [Fact]
    public async Task What_is_configured_so_is_allowed_while_the_endpoint_is_down()
    {
        await using var node = await StartAsync(Endpoint.Nowhere(FreePort.Take()), "connect,subscribe,publish,call", endpoint => endpoint.OnFailure = new WebhookFailureOptions
        {
            Connect = OnFailure.Allow, Subscribe = OnFailure.Allow,
        });

        var client = await node.ConnectAsync();
        await client.Subscribe("chat:room").Ready;

        await using var raw = await RawClient.HelloAsync(node.Url, "\"producer\":\"p-1\"");
        (await raw.AskAsync(Publish))["code"]!.GetValue<string>().ShouldBe("unavailable");
        var call = await raw.AskAsync("""{"type":"call","id":6,"method":"buy","seq":1}""");
        (call["code"]!.GetValue<string>(), call["outcome"]?.GetValue<string>()).ShouldBe(("unavailable", "none"));
    }

    [Fact]
    public async Task A_call_that_takes_too_long_has_an_unknown_outcome_and_holds_up_nobody()
    {
        await using var app = await Endpoint.StartAsync(async (posted, response) =>
        {
            if (posted.Json.GetProperty("method").GetString() == "slow")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, response.HttpContext.RequestAborted);
            }

            response.StatusCode = 204;
        });
        await using var node = await StartAsync(app.Url, "call", endpoint => endpoint.Timeout = TimeSpan.FromSeconds(1));
        var client = await node.ConnectAsync();

        var slow = client.CallAsync("slow", 0);
        (await client.CallAsync("quick", 0)).ShouldBeNull();
        slow.IsCompleted.ShouldBeFalse();

        var refused = await Should.ThrowAsync<RealtimeException>(slow);
        (refused.Code, refused.Outcome).ShouldBe(("timeout", Outcome.Unknown));
    }

    [Fact]
    public async Task Nothing_of_a_request_is_in_the_log()
    {
        await using var app = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = 500));
        await using var node = await StartAsync(app.Url + "?key=canary-query", "publish");
        await using var client = await RawClient.HelloAsync(node.Url, "");

        await client.AskAsync("""{"type":"publish","id":5,"channel":"chat:room","data":"canary-body"}""");

        node.Log.Lines.ShouldNotContain(line =>
            line.Text.Contains("canary", StringComparison.Ordinal) || line.Text.Contains(Endpoint.Secret, StringComparison.Ordinal) || line.Text.Contains("/hook", StringComparison.Ordinal));
        app.Requests.Single().Text.ShouldContain("canary-body");
    }

    internal static WebhookEndpointOptions Options(string url, string hooks) => new() { Url = url, Secrets = [Endpoint.Secret], Hooks = hooks.Split(',') };

    private static Task<ApplicationNode> StartAsync(string url, string hooks, Action<WebhookEndpointOptions>? with = null) => ApplicationNode.StartAsync(
        _ => { },
        with: options =>
        {
            options.Namespaces["other"] = new();
            var endpoint = Options(url, hooks);
            with?.Invoke(endpoint);
            options.Webhooks.Endpoints["app"] = endpoint;
        });

    private static async Task<JsonElement> NextAsync(RealtimeSubscription subscription)
    {
        await foreach (var happened in subscription.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (happened is ChannelEvent.Message message)
            {
                return message.Data!.Value;
            }
        }

        throw new InvalidOperationException("The subscription has ended.");
    }
}
