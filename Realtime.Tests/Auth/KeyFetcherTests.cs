using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Node.Auth;
using Realtime.Tests.Support;

namespace Realtime.Tests.Auth;

/// <summary>The keys of a provider over a real socket, with a clock that stands still until it is moved.</summary>
public sealed class KeyFetcherTests : IDisposable
{
    private const string Payload = """{"sub":"alice"}""";
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<KeyFetch> _fetches = [];
    private readonly SigningKey _first = new("first", "RS256");
    private readonly SigningKey _second = new("second", "ES256");

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Keys_of_a_provider_count_and_its_name_is_the_issuer()
    {
        await using var server = await KeyServer.StartAsync(_first, _second);
        using var keys = await StartAsync(server.Authority);
        var issued = $$"""{"sub":"alice","iss":"{{server.Url}}"}""";

        Verify(keys, _first.Sign(issued)).Identity.ShouldNotBeNull();
        Verify(keys, _second.Sign(issued)).Identity.ShouldNotBeNull();
        Verify(keys, _first.Sign("""{"sub":"alice","iss":"https://other.example"}""")).Refusal.ShouldBe(ErrorCode.Unauthorized);
        Verify(keys, _first.Sign(Payload)).Refusal.ShouldBe(ErrorCode.Unauthorized);
    }

    [Fact]
    public async Task Many_unknown_keys_cost_one_fetch_in_thirty_seconds()
    {
        await using var server = await KeyServer.StartAsync(_first);
        using var keys = await StartAsync(server.KeySet);
        var verifier = new KeyVerifier([], keys, new TokenRules());
        void Flood()
        {
            for (var i = 0; i < 500; i++)
            {
                verifier.Verify(_first.Sign(Payload, $$"""{"alg":"RS256","kid":"{{RandomNumberGenerator.GetHexString(16)}}"}"""), _clock.GetUtcNow()).Identity.ShouldBeNull();
            }
        }

        Flood();
        server.Requests.ShouldBe(1, "the one of the start is not old");
        _clock.Advance(KeyFetcher.Pause);
        Flood();
        await FetchedAsync(2);
        Flood();
        server.Requests.ShouldBe(2);
        Verify(keys, _first.Sign(Payload)).Identity.ShouldNotBeNull("the flood harms nobody else");
    }

    [Fact]
    public async Task A_new_key_is_fetched_when_the_first_token_names_it_and_an_old_one_goes()
    {
        await using var server = await KeyServer.StartAsync(_first);
        using var keys = await StartAsync(server.KeySet);
        server.Publish(_first, _second);
        _clock.Advance(KeyFetcher.Pause);

        var early = Verify(keys, _second.Sign(Payload));
        early.Refusal.ShouldBe(ErrorCode.Unavailable, "it may be good: the client comes back");
        early.RetryAfter.ShouldNotBeNull();
        await FetchedAsync(2);
        Verify(keys, _second.Sign(Payload)).Identity.ShouldNotBeNull();
        Verify(keys, _first.Sign(Payload)).Identity.ShouldNotBeNull("both count while keys are changed");

        server.Publish(_second);
        _clock.Advance(KeyFetcher.Every);
        await FetchedAsync(3);
        Verify(keys, _first.Sign(Payload)).Refusal.ShouldBe(ErrorCode.Unauthorized);
    }

    [Fact]
    public async Task An_unknown_key_within_the_pause_is_refused_for_good()
    {
        await using var server = await KeyServer.StartAsync(_first);
        using var keys = await StartAsync(server.KeySet);

        Verify(keys, _second.Sign(Payload)).Refusal.ShouldBe(ErrorCode.Unauthorized);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("not keys")]
    [InlineData("no keys")]
    [InlineData("large")]
    [InlineData("elsewhere")]
    public async Task A_provider_that_fails_leaves_the_keys_as_they_were(string how)
    {
        await using var server = await KeyServer.StartAsync(_first);
        using var keys = await StartAsync(server.KeySet);
        server.Keys = context => AnswerAsync(context, how);
        _clock.Advance(KeyFetcher.Every);
        await FetchedAsync(2);

        _fetches.Last().Fault.ShouldNotBeNullOrEmpty();
        Verify(keys, _first.Sign(Payload)).Identity.ShouldNotBeNull();

        server.Publish(_second);
        _clock.Advance(KeyFetcher.Pause);
        await FetchedAsync(3);
        Verify(keys, _second.Sign(Payload)).Identity.ShouldNotBeNull("it is asked again soon");
    }

    [Fact]
    public async Task A_provider_that_drips_is_given_up()
    {
        await using var server = await KeyServer.StartAsync(_first);
        server.Keys = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Yield();
            }
        };
        using var keys = new KeyFetcher(server.KeySet, _clock, _fetches.Enqueue);
        await keys.StartAsync(TestContext.Current.CancellationToken).Within("the first fetch to be given up");

        _fetches.ShouldHaveSingleItem().Fault.ShouldNotBeNull();
        Verify(keys, _first.Sign(Payload)).Refusal.ShouldBe(ErrorCode.Unavailable, "no token can be told from a forged one yet");
    }

    [Fact]
    public async Task A_provider_that_was_away_at_the_start_is_asked_again()
    {
        await using var server = await KeyServer.StartAsync();
        using var keys = await StartAsync(server.KeySet);
        Verify(keys, _first.Sign(Payload)).Refusal.ShouldBe(ErrorCode.Unavailable);

        server.Publish(_first);
        _clock.Advance(KeyFetcher.Pause);
        await FetchedAsync(2);
        Verify(keys, _first.Sign(Payload)).Identity.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_provider_that_names_another_or_sends_keys_in_the_open_is_not_believed()
    {
        await using var server = await KeyServer.StartAsync(_first);
        server.Issuer = "https://other.example";
        using (await StartAsync(server.Authority))
        {
            _fetches.Last().Fault.ShouldNotBeNull().ShouldContain("issuer");
        }

        server.Issuer = null;
        server.KeysUrl = "http://keys.example/keys";
        using (await StartAsync(server.Authority))
        {
            _fetches.Last().Fault.ShouldNotBeNull().ShouldContain("https");
        }

        server.Requests.ShouldBe(0);
    }

    [Fact]
    public void Keys_that_are_not_for_signatures_or_too_weak_are_left_out()
    {
        using var weak = new SigningKey("weak", "RS256", rsaBits: 1024);
        using var secret = new SigningKey("secret", "HS256");
        var set = $$"""
            {"keys":[{{_first.Json(algorithm: false)}},{{_second.Json(use: null, algorithm: false)}},{{weak.Json()}},{{secret.Json()}},{{new SigningKey("enc", "RS256").Json(use: "enc")}},
            {"kty":"EC","kid":"off","crv":"P-256","x":"AAAA","y":"AAAA"},{"kty":"OKP","kid":"ed","crv":"Ed25519","x":"AAAA"},7,{}]}
            """;

        KeySet.Read(System.Text.Encoding.UTF8.GetBytes(set)).Select(key => (key.Id, key.Algorithm)).ShouldBe([("first", "RS256"), ("second", "ES256")]);
    }

    [Theory]
    [InlineData("https://login.example.com/keys", true)]
    [InlineData("http://127.0.0.1:5000/keys", true)]
    [InlineData("http://localhost/keys", true)]
    [InlineData("http://login.example.com/keys", false)]
    [InlineData("ftp://login.example.com/keys", false)]
    [InlineData("http://localhost.example.com/keys", false)]
    [InlineData("keys.json", true)]
    public void Keys_come_by_https_or_from_this_machine(string text, bool good) => KeySource.TryKeySet(text, out _).ShouldBe(good);

    [Fact]
    public async Task Keys_can_be_a_file()
    {
        var path = Path.Combine(Path.GetTempPath(), RandomNumberGenerator.GetHexString(16) + ".json");
        await File.WriteAllTextAsync(path, $$"""{"keys":[{{_first.Json()}}]}""", TestContext.Current.CancellationToken);
        try
        {
            KeySource.TryKeySet(path, out var source).ShouldBeTrue();
            using var keys = await StartAsync(source.ShouldNotBeNull());
            Verify(keys, _first.Sign(Payload)).Identity.ShouldNotBeNull();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task AnswerAsync(HttpContext context, string how)
    {
        switch (how)
        {
            case "error":
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case "not keys":
                await context.Response.WriteAsync("<html>");
                break;
            case "no keys":
                await context.Response.WriteAsync("""{"keys":[]}""");
                break;
            case "elsewhere":
                context.Response.Redirect("/other");
                break;
            default:
                var piece = new byte[64 * 1024];
                for (var sent = 0; sent < 20 * 1024 * 1024 && !context.RequestAborted.IsCancellationRequested; sent += piece.Length)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                }

                break;
        }
    }

    private async Task<KeyFetcher> StartAsync(KeySource source)
    {
        var keys = new KeyFetcher(source, _clock, _fetches.Enqueue);
        await keys.StartAsync(TestContext.Current.CancellationToken).Within("the first fetch");
        return keys;
    }

    private Task FetchedAsync(int count) => Soon.IsTrueAsync(() => _fetches.Count >= count, $"{count} fetches");

    private TokenVerdict Verify(KeyFetcher keys, string token) => new KeyVerifier([], keys, new TokenRules()).Verify(token, _clock.GetUtcNow());
}
