using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Realtime.Node.Webhooks;
using Realtime.Node.Webhooks.Http;
using Realtime.Tests.Support;

namespace Realtime.Tests.Webhooks;

/// <summary>Requests to endpoints that are slow, down, wrong or malicious: each has a defined end.</summary>
public sealed class WebhookClientTests
{
    private static readonly WebhookRequest Asked = new("publish", "id-1", Encoding.UTF8.GetBytes("""{"hook":"publish"}"""));

    [Fact]
    public async Task A_right_answer_is_given_with_its_body()
    {
        await using var endpoint = await Endpoint.StartAsync(_ => """{"allow":true}""");

        var answer = await AskAsync(endpoint.Url);

        Encoding.UTF8.GetString(answer.ShouldBeOfType<WebhookAnswer.Answered>().Body.Span).ShouldBe("""{"allow":true}""");
        var posted = endpoint.Requests.Single();
        (posted.Headers["Realtime-Hook"], posted.Headers["Realtime-Id"], posted.Headers["Content-Type"], posted.Headers.ContainsKey("Idempotency-Key"))
            .ShouldBe(("publish", "id-1", "application/json", false));
        posted.Headers["Realtime-Signature"].ShouldMatch("^t=[0-9]+,v1=[0-9a-f]{64}$");
    }

    [Fact]
    public async Task Nothing_is_an_answer_too()
    {
        await using var endpoint = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = 204));

        (await AskAsync(endpoint.Url)).ShouldBeOfType<WebhookAnswer.Answered>().Body.Length.ShouldBe(0);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_costs_its_time_and_no_more()
    {
        var never = new TaskCompletionSource();
        await using var endpoint = await Endpoint.StartAsync((_, response) => never.Task.WaitAsync(response.HttpContext.RequestAborted));

        (await FailAsync(endpoint.Url, with => with with { Timeout = TimeSpan.FromMilliseconds(200) })).ShouldBe((WebhookFailure.Timeout, true));
    }

    [Fact]
    public async Task An_answer_that_drips_without_an_end_costs_its_time_and_no_more()
    {
        await using var endpoint = await Endpoint.StartAsync(async (_, response) =>
        {
            response.ContentType = "application/json";
            while (!response.HttpContext.RequestAborted.IsCancellationRequested)
            {
                await response.WriteAsync(" ", response.HttpContext.RequestAborted);
                await response.Body.FlushAsync(response.HttpContext.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, response.HttpContext.RequestAborted);
            }
        });

        (await FailAsync(endpoint.Url, with => with with { Timeout = TimeSpan.FromMilliseconds(300) })).ShouldBe((WebhookFailure.Timeout, true));
    }

    [Fact]
    public async Task An_endpoint_that_is_down_was_not_asked() =>
        (await FailAsync(Endpoint.Nowhere(FreePort.Take()))).ShouldBe((WebhookFailure.Connection, false));

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_status_that_is_no_success_is_a_failure(int status)
    {
        await using var endpoint = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = status));

        (await FailAsync(endpoint.Url)).ShouldBe((WebhookFailure.Status, true));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var other = await Endpoint.StartAsync(_ => "{}");
        await using var endpoint = await Endpoint.StartAsync((_, response) =>
        {
            response.StatusCode = status;
            response.Headers.Location = status == 302 ? "http://169.254.169.254/latest/meta-data" : other.Url;
            return Task.CompletedTask;
        });

        (await FailAsync(endpoint.Url)).ShouldBe((WebhookFailure.Redirect, true));
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_of_twenty_megabytes_is_not_read(bool saysItsLength)
    {
        var sent = 0L;
        await using var endpoint = await Endpoint.StartAsync(async (_, response) =>
        {
            response.ContentType = "application/json";
            response.ContentLength = saysItsLength ? 20 << 20 : null;
            var chunk = new byte[64 * 1024];
            try
            {
                for (var i = 0; i < 320; i++)
                {
                    await response.Body.WriteAsync(chunk, response.HttpContext.RequestAborted);
                    Interlocked.Add(ref sent, chunk.Length);
                }
            }
            catch (Exception)
            {
                // The client has seen enough.
            }
        });

        (await FailAsync(endpoint.Url)).ShouldBe((WebhookFailure.Size, true));
        Interlocked.Read(ref sent).ShouldBeLessThan(20 << 20);
    }

    [Fact]
    public async Task A_page_is_no_answer()
    {
        await using var endpoint = await Endpoint.StartAsync(async (_, response) =>
        {
            response.ContentType = "text/html";
            await response.WriteAsync("<html>");
        });

        (await FailAsync(endpoint.Url)).ShouldBe((WebhookFailure.Answer, true));
    }

    [Fact]
    public async Task A_private_address_is_not_connected_to()
    {
        await using var endpoint = await Endpoint.StartAsync(_ => "{}");

        (await FailAsync(endpoint.Url, rules: new AddressRules(false, false, []))).ShouldBe((WebhookFailure.Address, false));
        endpoint.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://0/")]
    public async Task An_address_in_disguise_is_not_connected_to(string url) =>
        (await FailAsync(url, rules: new AddressRules(false, false, []))).ShouldBe((WebhookFailure.Address, false));

    [Fact]
    public async Task A_name_that_means_another_address_than_before_is_not_connected_to()
    {
        await using var endpoint = await Endpoint.StartAsync((_, response) =>
        {
            // Each request has a connection of its own, and a look at the name.
            response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        var port = new Uri(endpoint.Url).Port;
        var looks = 0;
        var hosts = new PlayedAddresses(_ => [++looks == 1 ? IPAddress.Loopback : IPAddress.Parse("169.254.169.254")]);
        using var client = Client($"http://app.example.com:{port}/hook", new AddressRules(true, false, []), hosts);

        (await client.PostAsync(Asked, TestContext.Current.CancellationToken)).ShouldBeOfType<WebhookAnswer.Answered>();
        (await client.PostAsync(Asked, TestContext.Current.CancellationToken)).ShouldBeOfType<WebhookAnswer.Failed>().Failure.ShouldBe(WebhookFailure.Address);
        (looks, endpoint.Requests.Count).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Of_several_addresses_of_a_name_only_those_allowed_are_tried()
    {
        await using var endpoint = await Endpoint.StartAsync(_ => "{}");
        using var client = Client(
            $"http://app.example.com:{new Uri(endpoint.Url).Port}/hook",
            new AddressRules(true, false, []),
            new PlayedAddresses(_ => [IPAddress.Parse("10.255.255.1"), IPAddress.Loopback]));

        (await client.PostAsync(Asked, TestContext.Current.CancellationToken)).ShouldBeOfType<WebhookAnswer.Answered>();
    }

    [Fact]
    public async Task An_endpoint_that_fails_again_and_again_is_not_asked_for_a_while()
    {
        await using var endpoint = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = 500));
        using var client = Client(endpoint.Url);
        for (var i = 0; i < 10; i++)
        {
            await client.PostAsync(Asked, TestContext.Current.CancellationToken);
        }

        var answer = await client.PostAsync(Asked, TestContext.Current.CancellationToken);

        answer.ShouldBeOfType<WebhookAnswer.Failed>().Failure.ShouldBe(WebhookFailure.Breaker);
        (client.IsBroken, endpoint.Requests.Count).ShouldBe((true, 10));
    }

    [Fact]
    public async Task What_the_application_can_tell_from_its_repeat_is_tried_again_under_the_same_key()
    {
        var tries = 0;
        await using var endpoint = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = ++tries < 3 ? 502 : 204));
        using var client = Client(endpoint.Url);

        (await client.PostAsync(Asked with { IdempotencyKey = "key-1" }, TestContext.Current.CancellationToken)).ShouldBeOfType<WebhookAnswer.Answered>();

        endpoint.Requests.Select(posted => (posted.Headers["Idempotency-Key"], posted.Headers["Realtime-Id"])).ShouldBe(Enumerable.Repeat(("key-1", "id-1"), 3));
    }

    [Fact]
    public async Task What_it_cannot_tell_from_its_repeat_is_sent_once()
    {
        await using var endpoint = await Endpoint.StartAsync((_, response) => Task.FromResult(response.StatusCode = 502));

        await AskAsync(endpoint.Url);

        endpoint.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Beyond_those_under_way_and_those_that_wait_nothing_is_sent()
    {
        var held = new TaskCompletionSource();
        await using var endpoint = await Endpoint.StartAsync((_, _) => held.Task);
        using var client = Client(endpoint.Url, with: with => with with { Concurrency = 2, Queue = 1 });
        var first = Enumerable.Range(0, 3).Select(_ => client.PostAsync(Asked, TestContext.Current.CancellationToken)).ToList();

        var beyond = await client.PostAsync(Asked, TestContext.Current.CancellationToken);

        beyond.ShouldBeOfType<WebhookAnswer.Failed>().Failure.ShouldBe(WebhookFailure.Busy);
        held.SetResult();
        (await Task.WhenAll(first)).ShouldAllBe(answer => answer is WebhookAnswer.Answered);
        endpoint.Requests.Count.ShouldBe(3);
    }

    private static async Task<(WebhookFailure Failure, bool WasSent)> FailAsync(
        string url, Func<WebhookEndpoint, WebhookEndpoint>? with = null, AddressRules? rules = null)
    {
        var failed = (await AskAsync(url, with, rules)).ShouldBeOfType<WebhookAnswer.Failed>();
        return (failed.Failure, failed.WasSent);
    }

    private static async Task<WebhookAnswer> AskAsync(string url, Func<WebhookEndpoint, WebhookEndpoint>? with = null, AddressRules? rules = null)
    {
        using var client = Client(url, rules, with: with);
        return await client.PostAsync(Asked, TestContext.Current.CancellationToken);
    }

    private static WebhookClient Client(
        string url, AddressRules? rules = null, IHostAddresses? hosts = null, Func<WebhookEndpoint, WebhookEndpoint>? with = null)
    {
        var endpoint = new WebhookEndpoint("app", new Uri(url)) { Secrets = [Endpoint.Secret], Timeout = TimeSpan.FromSeconds(20) };
        return WebhookClient.OfDecisions(
            with?.Invoke(endpoint) ?? endpoint,
            new GuardedConnect(rules ?? new AddressRules(true, false, []), hosts ?? new SystemHostAddresses()),
            "test",
            TimeProvider.System);
    }
}
