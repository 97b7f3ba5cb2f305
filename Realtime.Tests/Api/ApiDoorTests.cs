using System.Net;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Node.Api;
using Realtime.Node.Api.Door;
using Realtime.Tests.Support;

namespace Realtime.Tests.Api;

/// <summary>Who may ask what.</summary>
public sealed class ApiDoorTests
{
    private static readonly ApiKey One = new("one", ApiKeys.HashOf("secret-one"), ApiScopes.Publish, ["chat:*", "lobby"], null);
    private static readonly ApiKey Two = new("two", ApiKeys.HashOf("secret.two"), ApiScopes.All, null, 2);
    private readonly ManualClock _time = new();

    [Theory]
    [InlineData("Bearer one.secret-one", "one")]
    [InlineData("bearer two.secret.two", "two")]
    [InlineData("Bearer one.secret.two", null)]
    [InlineData("Bearer one.secret-on", null)]
    [InlineData("Bearer one.secret-one2", null)]
    [InlineData("Bearer One.secret-one", null)]
    [InlineData("Bearer three.secret-one", null)]
    [InlineData("Bearer .secret-one", null)]
    [InlineData("Bearer one.", null)]
    [InlineData("Bearer one", null)]
    [InlineData("Bearer secret-one", null)]
    [InlineData("Bearer ", null)]
    [InlineData("Basic one.secret-one", null)]
    [InlineData("", null)]
    public void Only_the_whole_key_of_an_id_is_known(string shown, string? id) => new ApiKeys([One, Two]).Find(shown)?.Id.ShouldBe(id);

    [Fact]
    public void What_is_shown_is_bounded() => new ApiKeys([One]).Find("Bearer one." + new string('x', 10_000)).ShouldBeNull();

    [Theory]
    [InlineData("chat:a", true)]
    [InlineData("chat:", true)]
    [InlineData("lobby", true)]
    [InlineData("Chat:a", false)]
    [InlineData("lobby2", false)]
    [InlineData("chаt:a", false)]
    [InlineData("@ann", false)]
    public void A_key_with_channels_is_for_those_letter_by_letter(string channel, bool reaches) => One.Reaches(channel).ShouldBe(reaches);

    [Fact]
    public void A_key_does_what_its_scopes_say_and_nothing_else()
    {
        var door = Door(One);
        door.Enter(Request("Bearer one.secret-one"), ApiScopes.Publish).Id.ShouldBe("one");
        Refusal(door, Request("Bearer one.secret-one"), ApiScopes.Read).Code.ShouldBe(ErrorCode.Forbidden);
    }

    [Fact]
    public void A_key_asks_no_more_often_than_it_may_and_is_told_when_to_come_again()
    {
        var door = Door(Two);
        door.Enter(Request("Bearer two.secret.two"), ApiScopes.Read);
        door.Enter(Request("Bearer two.secret.two"), ApiScopes.Read);
        var refusal = Refusal(door, Request("Bearer two.secret.two"), ApiScopes.Read);
        (refusal.Code, refusal.RetryAfter).ShouldBe((ErrorCode.RateLimited, 500));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        door.Enter(Request("Bearer two.secret.two"), ApiScopes.Read);
    }

    [Fact]
    public void Without_keys_a_program_on_this_machine_may_ask_in_development()
    {
        Door().Enter(Request(), ApiScopes.All).Id.ShouldBe("local");
        Door().Enter(Request(origin: "http://localhost:8080"), ApiScopes.All).Id.ShouldBe("local");
    }

    [Theory]
    [InlineData("10.0.0.1", "localhost:8080", null, null, true)]
    [InlineData("127.0.0.1", "evil.example:8080", null, null, true)]
    [InlineData("127.0.0.1", "localhost:8080", "http://evil.example", null, true)]
    [InlineData("127.0.0.1", "localhost:8080", "null", null, true)]
    [InlineData("127.0.0.1", "localhost:8080", null, "203.0.113.1", true)]
    [InlineData("127.0.0.1", "localhost:8080", null, "127.0.0.1", true)]
    [InlineData("127.0.0.1", "localhost:8080", null, null, false)]
    public void Nobody_else_may(string from, string host, string? origin, string? forwarded, bool isDevelopment) =>
        Refusal(Door(isDevelopment: isDevelopment), Request(from: from, host: host, origin: origin, forwarded: forwarded), ApiScopes.Publish).Code.ShouldBe(ErrorCode.Unauthorized);

    [Fact]
    public void A_proxy_is_known_also_when_its_header_was_read_before()
    {
        var request = Request();
        request.Request.Headers["X-Original-For"] = "10.0.0.7:4711";
        Refusal(Door(), request, ApiScopes.Publish).Code.ShouldBe(ErrorCode.Unauthorized);
    }

    [Fact]
    public void Once_there_is_a_key_this_machine_needs_one_too() => Refusal(Door(One), Request(), ApiScopes.Publish).Code.ShouldBe(ErrorCode.Unauthorized);

    private ApiDoor Door(params ApiKey[] keys) => new(new ApiKeys(keys), isDevelopment: true, _time);

    private ApiDoor Door(bool isDevelopment) => new(new ApiKeys([]), isDevelopment, _time);

    private static ApiFaultException Refusal(ApiDoor door, HttpContext context, ApiScopes needs) => Should.Throw<ApiFaultException>(() => door.Enter(context, needs));

    private static DefaultHttpContext Request(string? authorization = null, string from = "127.0.0.1", string host = "localhost:8080", string? origin = null, string? forwarded = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        context.Request.Headers.Authorization = authorization;
        context.Request.Headers.Origin = origin;
        context.Request.Headers["X-Forwarded-For"] = forwarded;
        return context;
    }
}
