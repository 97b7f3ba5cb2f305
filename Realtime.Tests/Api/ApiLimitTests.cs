using System.Net;
using Realtime.Messages.Errors;
using Realtime.Node.Api.Door;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Operations;
using Realtime.Tests.Support;

namespace Realtime.Tests.Api;

/// <summary>What one key may do, exceeded tenfold, while another key and the same key's earlier requests have what they had.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiLimitTests
{
    private const string Narrow = "narrow." + ApiCalls.Secret;
    private readonly ManualClock _clock = new();

    [Fact]
    public void Messages_and_bytes_of_a_request_are_owed_and_paid_at_the_rate()
    {
        var budget = new ApiBudget(Key() with { MessagesPerSecond = 100, BytesPerSecond = 10_000 }, _clock);
        budget.Enter().ShouldBeNull();
        budget.Owe(1_000, 5_000);
        budget.Leave();

        // Ten times a second's worth: it is done, and nine seconds are owed.
        budget.Enter().ShouldBe((LimitKind.Messages, 9_000));
        _clock.Advance(TimeSpan.FromMilliseconds(8_999));
        budget.Enter().ShouldBe((LimitKind.Messages, 1));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        budget.Enter().ShouldBeNull();
        budget.Owe(0, 20_000);
        budget.Enter().ShouldBe((LimitKind.Bytes, 1_000));
    }

    [Fact]
    public void Requests_at_once_are_counted_until_they_end()
    {
        var budget = new ApiBudget(Key() with { RequestsAtOnce = 2 }, _clock);
        budget.Enter().ShouldBeNull();
        budget.Enter().ShouldBeNull();
        for (var i = 2; i < 20; i++)
        {
            budget.Enter().ShouldBe((LimitKind.Sockets, 1_000));
        }

        budget.Leave();
        budget.Enter().ShouldBeNull();
    }

    [Fact]
    public async Task Who_owes_waits_and_goes_on_when_it_is_paid()
    {
        var budget = new ApiBudget(Key() with { MessagesPerSecond = 10 }, _clock);
        (await Paced(budget)).ShouldBeTrue();
        budget.Owe(30, 0);
        var pacing = budget.PaceAsync(CancellationToken.None).AsTask();
        pacing.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await pacing.Within("the end of the debt");
    }

    [Fact]
    public async Task A_key_over_its_limits_is_told_when_to_come_again_and_another_key_is_served()
    {
        await using var app = await OperatedApp.StartAsync(
            "api-limits",
            [
                .. ApiCalls.Options,
                ("Api:Keys:narrow:Secret", ApiCalls.Secret), ("Api:Keys:narrow:Scopes", "publish"),
                ("Api:Keys:narrow:MessagesPerSecond", "10"), ("Api:Keys:narrow:BytesPerSecond", "1MiB"),
            ]);
        using var narrow = new ApiCalls(app.Clients, Narrow);
        using var other = new ApiCalls(app.Clients);

        // Ten times what it may in a second, in one request: all of it is published.
        var batch = "[" + string.Join(",", Enumerable.Range(0, 100).Select(i => $$"""{"channel":"board:narrow","data":{{i}}}""")) + "]";
        var (status, answer) = await narrow.PostAsync("batch", batch);
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        answer["results"]!.AsArray().Count(result => result!["position"] is not null).ShouldBe(100);

        for (var i = 0; i < 10; i++)
        {
            var (refused, why) = await narrow.PublishAsync("""{"channel":"board:narrow","data":1}""");
            refused.ShouldBe(HttpStatusCode.TooManyRequests);
            ((string?)why["code"]).ShouldBe(ErrorRegistry.NameOf(ErrorCode.RateLimited));
            ((int)why["retryAfter"]!).ShouldBeInRange(1, 9_000);
            await other.PublishedAsync("""{"channel":"board:other","data":1}""");
        }

        (await other.HistoryAsync("board:narrow")).Length.ShouldBe(100);
        (await other.HistoryAsync("board:other")).Length.ShouldBe(10);
    }

    [Fact]
    public async Task A_stream_of_lines_over_the_rate_is_read_more_slowly_and_loses_nothing()
    {
        await using var app = await OperatedApp.StartAsync(
            "api-stream",
            [.. ApiCalls.Options, ("Api:Keys:narrow:Secret", ApiCalls.Secret), ("Api:Keys:narrow:Scopes", "publish"), ("Api:Keys:narrow:MessagesPerSecond", "2000")]);
        using var narrow = new ApiCalls(app.Clients, Narrow);
        var lines = string.Concat(Enumerable.Range(0, 6_000).Select(i => $$"""{"channel":"board:stream","data":{{i}}}""" + "\n"));

        var (status, answer) = await narrow.PostAsync("ingest", lines, "application/x-ndjson");

        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        ((int)answer["published"]!).ShouldBe(6_000);
        ((int)answer["failed"]!).ShouldBe(0);

        // What it had too much was waited for, and not left for the next request.
        await narrow.PublishedAsync("""{"channel":"board:stream","data":-1}""");
    }

    private static ApiKey Key() => new("one", ApiKeys.HashOf("secret-one"), ApiScopes.All, null, null);

    private static async Task<bool> Paced(ApiBudget budget)
    {
        await budget.PaceAsync(CancellationToken.None);
        return true;
    }
}
