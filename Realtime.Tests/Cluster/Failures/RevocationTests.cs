using System.Net;
using System.Net.Http.Json;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>Revocations reach every node that reaches the others, and those that were away when they are back.</summary>
[Collection(FailureCollection.Name)]
public sealed class RevocationTests(ThreeNodes three)
{
    private const int Unauthorized = 4203;

    /// <summary>Promised for nodes that hear each other.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(70);

    [Fact]
    public async Task What_is_revoked_at_one_node_is_closed_at_every_other_within_five_seconds()
    {
        await three.WellAsync();
        foreach (var node in three.Stage.Nodes)
        {
            await using var client = await RawClient.HelloAsync(UrlOf(node));
            (await RevokeAsync(three.A, client)).ShouldBe(HttpStatusCode.OK);

            ((int)(await client.WaitAsync("goodbye").WaitAsync(Promised, TimeProvider.System, TestContext.Current.CancellationToken))["code"]!).ShouldBe(Unauthorized, node.Name);
        }
    }

    [Theory]
    [InlineData("cut off")]
    [InlineData("killed")]
    public async Task What_was_revoked_while_a_node_was_away_stays_out_there_too(string how)
    {
        await three.WellAsync();
        await using var client = await RawClient.HelloAsync(UrlOf(three.C));
        var exits = three.C.Exits.Count;
        if (how == "killed")
        {
            await three.C.KillAsync();
        }
        else
        {
            three.Network.Cut(three.C.Name, three.A.Name);
            three.Network.Cut(three.C.Name, three.B.Name);
        }

        await ClusterStage.UntilAsync(async () => await RevokeAsync(three.A, client) is HttpStatusCode.OK, Settled, "the revocation to be kept");
        await ClusterStage.UntilAsync(() => Task.FromResult(how == "killed" || three.C.Exits.Count > exits), Settled, "the node to end");
        await RefusedAsync(three.A, client);
        await three.Stage.HealAsync();
        await three.Stage.SettledAsync(Settled);
        foreach (var node in three.Stage.Nodes)
        {
            await RefusedAsync(node, client);
        }
    }

    private static Uri UrlOf(StageNode node) => new($"http://{node.Clients.Endpoint}");

    private static async Task<HttpStatusCode> RevokeAsync(StageNode node, RawClient client)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        using var answer = await http.PostAsJsonAsync(
            new Uri($"{node.OperatorUrl}/operator/v1/sessions/{client.SessionId}/revoke"), new { reason = "test" }, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static Task<TimeSpan> RefusedAsync(StageNode node, RawClient revoked) => ClusterStage.UntilAsync(
        async () =>
        {
            await using var again = await RawClient.OpenAsync(UrlOf(node));
            await again.SendAsync($$"""{"type":"hello","id":1,"session":"{{revoked.Session}}"}""");
            var code = (int)(await again.WaitAsync("goodbye"))["code"]!;

            // A session that is on its way to another node cannot be reached for some seconds, and a node that has not read the log again welcomes it first.
            return code == Unauthorized && again.Frames.All(frame => (string?)frame["type"] != "welcome");
        },
        Settled,
        $"the session to be refused at {node.Name}");
}
