using System.Text.Json.Nodes;
using Realtime.Client;

namespace Realtime.Tests.EndToEnd;

/// <summary>A room whose members say as much of themselves as they may.</summary>
[Collection(ActorSystems.Name)]
public sealed class LargeRosterTests
{
    private const int Members = 40;

    [Fact]
    public async Task A_newcomer_enters_and_sees_everybody_in_frames_of_bounded_size()
    {
        await using var node = await TestNode.StartAsync();
        var data = new string('x', 4000);
        var crowd = new List<RawClient>();
        for (var i = 0; i < Members; i++)
        {
            crowd.Add(await RawClient.HelloAsync(node.Url));
            var reply = await crowd[i].AskAsync($$"""{"type":"subscribe","id":2,"channel":"chat:full","presence":"{{data}}"}""");
            ((string?)reply["type"]).ShouldBe("reply");
        }

        await using var newcomer = await RawClient.HelloAsync(node.Url);
        var entered = await newcomer.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:full"}""");
        (entered.ContainsKey("members"), (bool?)entered["more"], (int?)entered["count"]).ShouldBe((false, true, Members));
        await newcomer.WaitAsync("the last part", frame => RawClient.TypeOf(frame) == "roster" && !frame.ContainsKey("more"));
        Everybody(newcomer.Frames.Where(frame => RawClient.TypeOf(frame) == "roster"));

        var parts = new List<JsonObject>();
        var after = "";
        for (var (id, more) = (3, true); more; id++)
        {
            parts.Add(await newcomer.AskAsync($$"""{"type":"presence","id":{{id}},"channel":"chat:full"{{after}}}"""));
            more = parts[^1].ContainsKey("more");
            after = $",\"after\":{parts[^1]["members"]!.AsArray()[^1]!["session"]!.ToJsonString()}";
        }

        Everybody(parts);
        await using (var client = new RealtimeClient(new RealtimeClientOptions { Url = node.Url }))
        {
            await client.ConnectAsync();
            (await client.PresenceAsync("chat:full")).Members.Select(member => member.Session).Distinct().Count().ShouldBe(Members);
        }

        foreach (var client in crowd)
        {
            await client.DisposeAsync();
        }
    }

    private static void Everybody(IEnumerable<JsonObject> parts)
    {
        var all = parts.ToList();
        all.Count.ShouldBeGreaterThan(1);
        all.ShouldAllBe(part => part.ToJsonString().Length < TestNode.Settings.Connections.AnswerBytes + 4096);
        all.SelectMany(part => part["members"]!.AsArray()).Select(member => (string)member!["session"]!).Distinct().Count().ShouldBe(Members);
    }
}
