using System.Text.Json.Nodes;
using Realtime.Tests.Operations;

namespace Realtime.Tests.EndToEnd;

/// <summary>What <c>welcome</c> and the gateway say of limits is what the node does: as much as they say goes through, and one more does not.</summary>
[Collection(ActorSystems.Name)]
public sealed class AnnouncedLimitTests
{
    private static readonly (string, string)[] Options =
    [
        ("Namespaces:default:MessageBytes", "2KiB"), ("Connections:FrameBytes", "20KiB"), ("Connections:HelloBytes", "8KiB"), ("Connections:Subscriptions", "7"), ("Channels:InFlight", "4"),
        ("Namespaces:board:Durability", "Memory"), ("Namespaces:board:MessageBytes", "4KiB"), ("Namespaces:@:MessageBytes", "1KiB"),
        .. new[] { "chat", "room", "cursors", "prices", "news", "poll" }.Select(name => ($"Namespaces:{name}:MessageBytes", "1KiB")),
    ];

    [Fact]
    public async Task As_much_as_was_announced_goes_through_and_one_more_does_not()
    {
        await using var app = await OperatedApp.StartAsync("announced", Options);
        await using var client = await RawClient.HelloAsync(app.Clients);
        var limits = client.Welcome["limits"]!.AsObject();
        await SameAtTheGatewayAsync(app.Clients, limits);

        // A JSON text of that many bytes has two quotes.
        var most = (int)limits["messageBytes"]!;
        (await Publish(client, 2, new string('x', most - 2))).ShouldBe("reply");
        (await Publish(client, 3, new string('x', most - 1))).ShouldBe("too_large");

        var subscriptions = (int)limits["subscriptions"]!;
        for (var i = 0; i < subscriptions; i++)
        {
            (await LimitStage.AskAsync(client, $$"""{"type":"subscribe","id":{{10 + i}},"channel":"board:{{i}}"}""")).ShouldBe("reply");
        }

        (await LimitStage.AskAsync(client, """{"type":"subscribe","id":50,"channel":"board:one-more"}""")).ShouldBe("too_many");

        var frame = (int)limits["frameBytes"]!;
        (await LimitStage.AskAsync(client, Filled("""{"type":"set","id":60,"key":"k","value":"*"}""", frame))).ShouldBe("reply");
        await client.SendAsync(Filled("""{"type":"set","id":61,"key":"k","value":"*"}""", frame + 1));
        await BadInputTests.ShouldCloseAsync(client, 1009, final: true);
    }

    [Fact]
    public async Task So_many_publishes_as_were_announced_may_be_unanswered()
    {
        await using var app = await OperatedApp.StartAsync("announced", Options);
        await using var client = await RawClient.HelloAsync(app.Clients);
        var most = (int)client.Welcome["limits"]!["inflight"]!;

        // One message is handled before any of its publishes can be answered.
        await client.SendAsync("[" + string.Join(",", Enumerable.Range(2, most + 1).Select(id => $$"""{"type":"publish","id":{{id}},"channel":"board:flight","data":1}""")) + "]");
        var answers = await LimitStage.AnswersAsync(client, 2, most + 1);

        answers.Count(answer => LimitStage.CodeOf(answer) == "reply").ShouldBeGreaterThanOrEqualTo(most);
        answers.Where(answer => LimitStage.CodeOf(answer) != "reply").ShouldAllBe(answer => LimitStage.CodeOf(answer) == "too_many" && (int)answer["retryAfter"]! > 0);
    }

    [Fact]
    public async Task A_hello_of_its_limit_is_taken_and_one_more_byte_closes()
    {
        await using var app = await OperatedApp.StartAsync("announced", Options);
        await using var fits = await RawClient.OpenAsync(app.Clients);
        await fits.SendAsync(Filled("""{"type":"hello","id":1,"data":"*"}""", 8 * 1024));
        await fits.WaitAsync("welcome");

        await using var larger = await RawClient.OpenAsync(app.Clients);
        await larger.SendAsync(Filled("""{"type":"hello","id":1,"data":"*"}""", (8 * 1024) + 1));
        await BadInputTests.ShouldCloseAsync(larger, 1009, final: true);
    }

    private static async Task SameAtTheGatewayAsync(Uri node, JsonObject announced)
    {
        using var http = new HttpClient();
        var answer = JsonNode.Parse(await http.GetStringAsync(new Uri(node, "/v1/gateway"), TestContext.Current.CancellationToken))!;
        answer["limits"]!.ToJsonString().ShouldBe(announced.ToJsonString());
    }

    private static Task<string> Publish(RawClient client, int id, string text) =>
        LimitStage.AskAsync(client, $$"""{"type":"publish","id":{{id}},"channel":"board:large","data":"{{text}}"}""");

    private static string Filled(string frame, int length) => frame.Replace("*", new string('x', length - frame.Length + 1), StringComparison.Ordinal);
}
