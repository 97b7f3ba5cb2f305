using System.Net;
using Realtime.Tests.Auth;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Api;

/// <summary>The application subscribes sessions and users, and publishes to one session alone.</summary>
[Collection(ActorSystems.Name)]
public sealed class ApiSubscribeTests(ApiNode node) : IClassFixture<ApiNode>
{
    private readonly ApiCalls _api = new(node.App.Clients);

    [Fact]
    public async Task A_session_is_subscribed_and_unsubscribed_and_its_client_hears_both()
    {
        await using var client = await RawClient.HelloAsync(node.App.Clients);
        (await ChangeAsync($"sessions/{client.SessionId}/subscribe", """{"channel":"chat:made","reason":"invited"}""")).ShouldBe(1);

        var made = await client.WaitAsync("subscribed");
        ((string?)made["channel"], (string?)made["reason"]).ShouldBe(("chat:made", "invited"));
        await _api.PublishedAsync("""{"channel":"chat:made","data":"welcome"}""");
        (await client.WaitAsync("message"))["data"]!.GetValue<string>().ShouldBe("welcome");

        (await ChangeAsync($"sessions/{client.SessionId}/unsubscribe", """{"channel":"chat:made"}""")).ShouldBe(1);
        ((string?)(await client.WaitAsync("unsubscribed"))["channel"]).ShouldBe("chat:made");
    }

    [Fact]
    public async Task All_sessions_of_a_user_are_subscribed_and_nobody_elses()
    {
        await using var first = await HelloAsync("ada-1");
        await using var second = await HelloAsync("ada-1");
        await using var other = await HelloAsync("bob-1");

        (await ChangeAsync("users/ada-1/subscribe", """{"channel":"chat:team"}""")).ShouldBe(2);
        await _api.PublishedAsync("""{"channel":"chat:team","data":"for ada"}""");

        foreach (var client in new[] { first, second })
        {
            await client.WaitAsync("message");
        }

        other.Frames.ShouldNotContain(frame => (string?)frame["type"] == "message" || (string?)frame["type"] == "subscribed");
    }

    [Fact]
    public async Task A_message_to_one_session_reaches_it_alone_also_when_its_client_was_away()
    {
        string token;
        string id;
        await using (var client = await RawClient.HelloAsync(node.App.Clients))
        {
            (token, id) = (client.Session, client.SessionId.ToString());
            await _api.PublishedAsync($$"""{"session":"{{id}}","data":"now"}""");
            (await client.WaitAsync("message"))["data"]!.GetValue<string>().ShouldBe("now");
        }

        await _api.PublishedAsync($$"""{"session":"{{id}}","data":"later"}""");
        await using var other = await RawClient.HelloAsync(node.App.Clients);
        await using var back = await RawClient.HelloAsync(node.App.Clients, $"\"session\":\"{token}\"");

        (await back.WaitAsync("the later one", frame => (string?)frame["type"] == "message" && (string?)frame["data"] == "later")).ShouldNotBeNull();
        other.Frames.ShouldNotContain(frame => (string?)frame["type"] == "message");
    }

    [Theory]
    [InlineData("sessions/AAAAAAAAAAAAAAAAAAAAAQ/subscribe", """{"channel":"chat:a"}""", HttpStatusCode.NotFound)]
    [InlineData("sessions/AAAAAAAAAAAAAAAAAAAAAQ/unsubscribe", """{"channel":"chat:a"}""", HttpStatusCode.NotFound)]
    [InlineData("sessions/x/subscribe", """{"channel":"chat:a"}""", HttpStatusCode.BadRequest)]
    [InlineData("users/nobody/subscribe", """{"channel":"nowhere:a"}""", HttpStatusCode.NotFound)]
    [InlineData("users/nobody/subscribe", """{"channel":"~calls:a"}""", HttpStatusCode.Forbidden)]
    [InlineData("users/nobody/subscribe", """{"channel":""}""", HttpStatusCode.BadRequest)]
    [InlineData("users/nobody/subscribe", """{"channel":"chat:a","from":"x"}""", HttpStatusCode.BadRequest)]
    [InlineData("users/nobody/subscribe", "{}", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_subscribed_says_so(string path, string body, HttpStatusCode status) => (await _api.PostAsync(path, body)).Status.ShouldBe(status);

    private async Task<int> ChangeAsync(string path, string body)
    {
        var (status, answer) = await _api.PostAsync(path, body);
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        return (int)answer["sessions"]!;
    }

    private Task<RawClient> HelloAsync(string user)
    {
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600;
        return RawClient.HelloAsync(node.App.Clients, $$"""
            "token":"{{Jwt.Sign($$"""{"sub":"{{user}}","exp":{{end}}}""", ApiCalls.Secret)}}"
            """);
    }
}
