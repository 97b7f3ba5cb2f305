using Realtime.Messages.Errors;
using Realtime.Node.Application;
using Realtime.Tests.Auth;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using Outcome = Realtime.Messages.Errors.Outcome;

namespace Realtime.Tests.Application;

/// <summary>What the application does from anywhere in its code: the same as over HTTP.</summary>
[Collection(ActorSystems.Name)]
public sealed class BackendTests
{
    private const string NoSession = "AAAAAAAAAAAAAAAAAAAAAQ";
    private const string Secret = "a development key of at least 32 bytes";

    [Fact]
    public async Task Of_two_publishes_that_expect_the_same_end_of_the_channel_one_is_refused()
    {
        await using var node = await StartAsync();
        var first = await node.Realtime.PublishAsync("chat:a", 1);

        (await node.Realtime.PublishAsync("chat:a", 2, new PublishSettings { Expected = first })).ShouldNotBeNull();
        var refused = await Should.ThrowAsync<RealtimeRefusedException>(node.Realtime.PublishAsync("chat:a", 3, new PublishSettings { Expected = first }));

        (refused.Code, refused.Outcome).ShouldBe((ErrorCode.Conflict, Outcome.None));
    }

    [Fact]
    public async Task A_message_past_its_time_is_given_to_nobody_and_one_that_excepts_a_session_not_to_that()
    {
        await using var node = await StartAsync();
        await using var client = await RawClient.HelloAsync(node.Url);
        await node.Realtime.PublishAsync("chat:a", "over", new PublishSettings { TimeToLive = TimeSpan.FromMilliseconds(1) });
        await node.Realtime.PublishAsync("chat:a", "not for you", new PublishSettings { ExceptSession = client.SessionId.ToString() });
        await node.Realtime.PublishAsync("chat:a", "end", new PublishSettings { TimeToLive = TimeSpan.FromHours(1) });

        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:a","from":"start"}""");

        (await client.WaitAsync("message"))["data"]!.GetValue<string>().ShouldBe("end");
    }

    [Fact]
    public async Task A_user_a_session_and_many_channels_are_published_to()
    {
        await using var node = await StartAsync();
        await using var client = await HelloAsync(node, "ann");
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"@ann"}""");

        await node.Realtime.PublishToUserAsync("ann", "for ann");
        (await client.WaitAsync("message"))["data"]!.GetValue<string>().ShouldBe("for ann");
        await node.Realtime.PublishToSessionAsync(client.SessionId.ToString(), "for this session");
        (await client.WaitAsync("the message to the session", frame => (string?)frame["data"] == "for this session")).ShouldNotBeNull();

        var results = await node.Realtime.PublishToManyAsync(["chat:a", "chat:b", "nowhere:c"], "for all");
        results.Select(result => (result.Channel, result.Refusal?.Code)).ShouldBe([("chat:a", null), ("chat:b", null), ("nowhere:c", ErrorCode.NotFound)]);
        results.Take(2).ShouldAllBe(result => result.Position != null);
    }

    [Fact]
    public async Task Sessions_are_subscribed_unsubscribed_and_disconnected_one_by_one_and_all_of_a_user()
    {
        await using var node = await StartAsync();
        await using var first = await HelloAsync(node, "ann");
        await using var second = await HelloAsync(node, "ann");

        await node.Realtime.SubscribeSessionAsync(first.SessionId.ToString(), "chat:a", reason: "invited");
        ((string?)(await first.WaitAsync("subscribed"))["reason"]).ShouldBe("invited");
        (await node.Realtime.SubscribeUserAsync("ann", "chat:b")).ShouldBe(2);
        await second.WaitAsync("subscribed");
        (await node.Realtime.UnsubscribeUserAsync("ann", "chat:b")).ShouldBe(2);
        await second.WaitAsync("unsubscribed");
        await node.Realtime.UnsubscribeSessionAsync(first.SessionId.ToString(), "chat:a");

        await node.Realtime.DisconnectSessionAsync(first.SessionId.ToString(), reason: "enough");
        await first.ClosedAsync();
        (await node.Realtime.DisconnectUserAsync("ann", reconnect: true)).ShouldBe(1);
        await second.ClosedAsync();
    }

    [Fact]
    public async Task What_is_revoked_is_closed()
    {
        await using var node = await StartAsync();
        await using var ann = await HelloAsync(node, "ann");
        await using var bob = await HelloAsync(node, "bob");

        await node.Realtime.RevokeUserAsync("ann");
        await ann.ClosedAsync();
        await node.Realtime.RevokeSessionAsync(bob.SessionId.ToString());
        await bob.ClosedAsync();
    }

    [Fact]
    public async Task What_is_scheduled_is_published_at_its_time_unless_it_is_cancelled()
    {
        await using var node = await StartAsync();
        await using var client = await HelloAsync(node, "ann");
        await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:a"}""");
        await client.AskAsync("""{"type":"subscribe","id":3,"channel":"@ann"}""");
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(1);
        var settings = new PublishSettings { IdempotencyKey = "once" };

        var cancelled = await node.Realtime.ScheduleAsync("chat:a", "cancelled", soon.AddHours(1));
        (await node.Realtime.CancelScheduleAsync(cancelled)).ShouldBeTrue();
        var first = await node.Realtime.ScheduleAsync("chat:a", "on time", soon, settings);
        (await node.Realtime.ScheduleAsync("chat:a", "again", soon, settings)).ShouldBe(first);
        await node.Realtime.ScheduleToUserAsync("ann", "for ann", soon.AddMilliseconds(300));
        await node.Realtime.ScheduleToSessionAsync(client.SessionId.ToString(), "for this session", soon.AddMilliseconds(600));

        await client.WaitAsync("the message to the session", frame => (string?)frame["data"] == "for this session");
        client.Frames.Where(frame => (string?)frame["type"] == "message").Select(frame => (string)frame["data"]!).ShouldBe(["on time", "for ann", "for this session"]);
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThan(soon);
        (await node.Realtime.GetSchedulesAsync("chat:", "cancelled")).Schedules.Single().Id.ShouldBe(cancelled);
        (await node.Realtime.CancelScheduleAsync(first)).ShouldBeFalse();
        (await node.Realtime.CancelScheduleAsync("x")).ShouldBeFalse();
        await Should.ThrowAsync<ArgumentException>(node.Realtime.ScheduleAsync("chat:a", 1, soon.AddHours(-1)));
        await Should.ThrowAsync<ArgumentException>(node.Realtime.ScheduleAsync("chat:a", 1, soon.AddYears(2)));
        await Should.ThrowAsync<ArgumentException>(node.Realtime.GetSchedulesAsync(state: "x"));
    }

    [Fact]
    public async Task What_can_never_be_done_is_a_mistake_of_the_caller_and_what_is_not_there_a_refusal()
    {
        await using var node = await StartAsync();
        var realtime = node.Realtime;

        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", 1, new PublishSettings { Expected = "x" }));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", 1, new PublishSettings { TimeToLive = TimeSpan.FromDays(31) }));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", 1, new PublishSettings { TimeToLive = TimeSpan.Zero }));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", 1, new PublishSettings { ExceptSession = "x" }));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", 1, new PublishSettings { IdempotencyKey = "" }));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", 1, new PublishSettings { Tags = [new("", "x")] }));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishAsync("chat:a", new string('x', 70_000)));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishToManyAsync([], 1));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishToManyAsync(["chat:a", "chat:a"], 1));
        await Should.ThrowAsync<ArgumentException>(realtime.PublishToUserAsync("", 1));
        await Should.ThrowAsync<ArgumentException>(realtime.SubscribeSessionAsync(NoSession, "nowhere:a"));
        await Should.ThrowAsync<ArgumentException>(realtime.SubscribeSessionAsync(NoSession, "~calls:a"));
        await Should.ThrowAsync<ArgumentException>(realtime.DisconnectSessionAsync("x"));
        (await Should.ThrowAsync<RealtimeRefusedException>(realtime.PublishToSessionAsync(NoSession, 1))).Code.ShouldBe(ErrorCode.NotFound);
        (await Should.ThrowAsync<RealtimeRefusedException>(realtime.SubscribeSessionAsync(NoSession, "chat:a"))).Code.ShouldBe(ErrorCode.NotFound);
        (await Should.ThrowAsync<RealtimeRefusedException>(realtime.DisconnectSessionAsync(NoSession))).Code.ShouldBe(ErrorCode.NotFound);
        (await realtime.DisconnectUserAsync("nobody")).ShouldBe(0);
    }

    private static Task<ApplicationNode> StartAsync() => ApplicationNode.StartAsync(_ => { });

    private static Task<RawClient> HelloAsync(ApplicationNode node, string user)
    {
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600;
        return RawClient.HelloAsync(node.Url, $$"""
            "token":"{{Jwt.Sign($$"""{"sub":"{{user}}","exp":{{end}}}""", Secret)}}"
            """);
    }
}
