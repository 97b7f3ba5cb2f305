using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using Realtime.Tests.Webhooks;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>Events reach the application's endpoint although the nodes that deliver them are killed.</summary>
[Collection(ActorSystems.Name)]
public sealed class WebhookTests
{
    private const int Sessions = 24;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task No_event_is_missing_and_none_is_another_one_after_each_node_was_killed_once()
    {
        Required.OrSkip(PostgresServer.Missing);
        await using var app = await Endpoint.StartAsync(_ => "{}");
        await using var stage = await ClusterStage.StartAsync(
            new StageOptions
            {
                Nodes = 3,
                Environment = new Dictionary<string, string>
                {
                    ["REALTIME__WEBHOOKS__ENDPOINTS__APP__URL"] = app.Url,
                    ["REALTIME__WEBHOOKS__ENDPOINTS__APP__SECRETS"] = Endpoint.Secret,
                    ["REALTIME__WEBHOOKS__ENDPOINTS__APP__HOOKS"] = "sessions",
                    ["REALTIME__WEBHOOKS__ALLOWHTTP"] = "true",
                    ["REALTIME__WEBHOOKS__ALLOWPRIVATEADDRESSES"] = "true",
                },
            },
            await PostgresStageStore.StartAsync());
        var opened = new List<string>();
        for (var i = 0; i < stage.Nodes.Count; i++)
        {
            // One half is told before the kill, perhaps; the other one is on its way.
            var survivor = stage.Nodes[(i + 1) % stage.Nodes.Count];
            opened.AddRange(await OpenAsync(survivor));
            await stage.Nodes[i].KillAsync();
            await ClusterStage.UntilAsync(
                async () =>
                {
                    try
                    {
                        opened.AddRange(await OpenAsync(survivor));
                        return true;
                    }
                    catch (Exception e) when (e is TimeoutException or InvalidOperationException)
                    {
                        return false;
                    }
                },
                Settled,
                "sessions to open beside the killed node");
            await ClusterStage.UntilAsync(() => Task.FromResult(Told(app, "session_opened").IsSupersetOf(opened)), Settled, "every session to be told");
            await stage.HealAsync();
            await stage.SettledAsync(Settled);
        }

        // Whatever came twice came under one id.
        app.Requests.Where(posted => posted.Json.GetProperty("event").GetString() == "session_opened")
            .Select(posted => (Session: posted.Json.GetProperty("session").GetString(), Id: posted.Headers["Realtime-Id"])).Distinct()
            .Select(told => told.Session).ShouldBeUnique();
        app.Requests.GroupBy(posted => posted.Headers["Realtime-Id"]).ShouldAllBe(same => same.Select(posted => posted.Text).Distinct().Count() == 1);
    }

    private static HashSet<string> Told(Endpoint app, string kind) =>
        [.. app.Requests.Where(posted => posted.Json.GetProperty("event").GetString() == kind).Select(posted => posted.Json.GetProperty("session").GetString()!)];

    private static async Task<List<string>> OpenAsync(StageNode node)
    {
        var sessions = new List<string>();
        for (var i = 0; i < Sessions; i++)
        {
            await using var client = await RawClient.HelloAsync(new Uri($"http://{node.Clients.Endpoint}"));
            sessions.Add(client.SessionId.ToString());
        }

        return sessions;
    }
}
