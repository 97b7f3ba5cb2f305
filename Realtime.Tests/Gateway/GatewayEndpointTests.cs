using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Gateway;
using Realtime.Node.Gateway.Core;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Gateway;

public sealed class GatewayEndpointTests
{
    private static readonly Dictionary<byte, byte[]> Keys = new() { [1] = new byte[32] };
    private static readonly NodeId Self = new("n1");
    private static readonly LimitsPolicy Limits = new();
    private readonly ManualClock _clock = new();
    private readonly ConnectionInstruments _metrics = new();
    private readonly ConnectTickets _tickets = new(Keys);
    private readonly WaitingRoom _room = new(rate: 10, burst: 20, patience: 1000);
    private readonly GatewayEndpoint _endpoint;
    private readonly ResumeTokens _resumeTokens = new(Keys);
    private ClientPlaces _places = ClientPlaces.None;
    private string? _clientUrl = "ws://n1.test";
    private bool _serving = true;

    public GatewayEndpointTests() => _endpoint = new GatewayEndpoint(
        () => new GatewayServices(Self, _clientUrl, () => _places, () => 0, _tickets, _resumeTokens, _room).Desk(_serving), new SocketLimits(Limits, _metrics, _clock), announced: null, new OriginPolicy(["https://app.example"]), _clock);

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic abc")]
    public async Task A_node_with_an_address_of_its_own_names_it_with_a_ticket(string? authorization)
    {
        var (status, answer, _) = await GetAsync(authorization);

        status.ShouldBe(200);
        ((string?)answer!["url"]).ShouldBe("ws://n1.test/v1/connect");
        ((int)answer["notBefore"]!).ShouldBe(0);
        _tickets.Check((string?)answer["ticket"], Self, _clock.GetUtcNow(), out _).ShouldBe(TicketVerdict.Valid);
    }

    [Fact]
    public async Task Without_an_address_of_the_node_the_answer_is_where_the_request_came_to()
    {
        _clientUrl = null;

        var (_, plain, _) = await GetAsync();
        plain!.ToJsonString().ShouldBe("""{"url":"ws://lb.example:8080/v1/connect","notBefore":0}""");
        var (_, proxied, _) = await GetAsync(forwarded: "https");
        ((string?)proxied!["url"]).ShouldBe("wss://lb.example:8080/v1/connect");
    }

    [Fact]
    public async Task A_resume_token_leads_to_the_node_that_the_session_lives_on()
    {
        var (one, two) = (Places.Node(1), Places.Node(2, load: 99));
        _places = Places.Of(one, two);
        foreach (var home in new[] { one, two })
        {
            var session = Places.SessionsOf(_places, home).First();

            var (_, answer, _) = await GetAsync($"Bearer {_resumeTokens.Issue(session)}");

            ((string?)answer!["url"]).ShouldBe($"{home.ClientUrl}/v1/connect");
            _tickets.Check((string?)answer["ticket"], home.Node, _clock.GetUtcNow(), out _).ShouldBe(TicketVerdict.Valid);
        }
    }

    [Fact]
    public async Task A_new_session_goes_to_a_node_with_room_and_never_to_this_one_while_it_stops()
    {
        _places = Places.Of(Places.Node(1), Places.Node(2, load: 50));
        ((string?)(await GetAsync()).Answer!["url"]).ShouldBe("ws://n1.test/v1/connect");

        _serving = false;

        ((string?)(await GetAsync()).Answer!["url"]).ShouldBe("ws://n2.test/v1/connect");
    }

    [Fact]
    public async Task A_node_that_stops_sends_clients_away()
    {
        _serving = false;

        var (status, _, headers) = await GetAsync();

        status.ShouldBe(503);
        int.Parse(headers.RetryAfter.ToString()).ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task A_herd_is_given_places_in_time_and_the_rest_of_it_is_told_to_ask_again_at_different_times()
    {
        var answers = new List<(int Status, int Wait)>();
        for (var i = 0; i < 60; i++)
        {
            var (status, answer, headers) = await GetAsync();
            answers.Add((status, status == 200 ? (int)answer!["notBefore"]! : int.Parse(headers.RetryAfter.ToString())));
        }

        answers.Count(answer => answer == (200, 0)).ShouldBe(20);
        answers.Where(answer => answer.Status == 200).Skip(20).Select(answer => answer.Wait).ShouldBe([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
        var away = answers.Where(answer => answer.Status == 503).Select(answer => answer.Wait).ToList();
        away.Count.ShouldBe(30);
        away.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_place_in_time_comes_with_a_ticket_for_that_time()
    {
        for (var i = 0; i < 29; i++)
        {
            await GetAsync();
        }

        var (_, answer, _) = await GetAsync();
        var place = _clock.GetUtcNow().AddMilliseconds((int)answer!["notBefore"]!);
        _tickets.Check((string?)answer["ticket"], Self, place + ConnectTickets.Life - TimeSpan.FromMilliseconds(1), out _).ShouldBe(TicketVerdict.Valid);
        _tickets.Check((string?)answer["ticket"], Self, place + ConnectTickets.Life, out _).ShouldBe(TicketVerdict.Expired);
    }

    [Theory]
    [InlineData("https://app.example", 200)]
    [InlineData("http://lb.example:8080", 200)]
    [InlineData("https://evil.example", 403)]
    public async Task Pages_may_ask_whose_origin_may_connect(string origin, int expected)
    {
        var (status, _, headers) = await GetAsync(origin: origin);

        status.ShouldBe(expected);
        headers.CacheControl.ToString().ShouldBe("no-store");
        headers.Vary.ToString().ShouldBe("Origin");
        headers.AccessControlAllowOrigin.ToString().ShouldBe(expected == 200 ? origin : "");
    }

    [Fact]
    public async Task A_browser_may_send_the_resume_token_and_read_when_to_come_again()
    {
        var (status, _, headers) = await GetAsync(origin: "https://app.example", method: "OPTIONS");

        status.ShouldBe(204);
        headers.AccessControlAllowHeaders.ToString().ShouldBe("Authorization");
        headers.AccessControlExposeHeaders.ToString().ShouldBe("Retry-After");
    }

    private async Task<(int Status, JsonObject? Answer, IHeaderDictionary Headers)> GetAsync(
        string? authorization = null, string? origin = null, string? forwarded = null, string method = "GET")
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("lb.example", 8080);
        foreach (var (name, value) in new[] { ("Authorization", authorization), ("Origin", origin), ("X-Forwarded-Proto", forwarded) })
        {
            if (value is not null)
            {
                context.Request.Headers[name] = value;
            }
        }

        using var body = new MemoryStream();
        context.Response.Body = body;
        await _endpoint.HandleAsync(context);
        var json = context.Response.StatusCode == 200 ? JsonNode.Parse(body.ToArray())!.AsObject() : null;
        return (context.Response.StatusCode, json, context.Response.Headers);
    }
}
