using System.Net;
using System.Text.Json.Nodes;
using Realtime.Tests.Api;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>Scheduled publishes when the node that keeps them is lost.</summary>
[Collection(FailureCollection.Name)]
public sealed class ScheduleTests(ThreeNodes three)
{
    private const int Channels = 6;
    private const int Count = 360;
    private static readonly TimeSpan All = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    public async Task What_is_scheduled_is_published_once_also_when_the_node_that_keeps_it_is_lost_meanwhile(string how)
    {
        await three.WellAsync();
        var keeper = three.Stage.Oldest;
        var other = three.Stage.Nodes.First(node => node != keeper);
        using var api = new ApiCalls(new Uri($"http://{other.Clients.Endpoint}"), key: null);
        var start = TimeProvider.System.GetUtcNow();
        var (first, last) = (start.AddSeconds(3), start.AddSeconds(11));
        var space = $"log:due-{how}";
        var schedules = new List<string>();
        for (var i = 0; i < Count; i += 60)
        {
            schedules.AddRange(await MadeAsync(i));
        }

        await ClusterStage.UntilAsync(async () => (await PublishedAsync()).Count > 40, All, "some to be published");
        _ = how == "killed" ? Task.CompletedTask : keeper.TerminateAsync();
        if (how == "killed")
        {
            await keeper.KillAsync();
        }

        // While nobody keeps them, too: the same key is one schedule however often it is asked for.
        JsonNode? late = null;
        await ClusterStage.UntilAsync(
            async () =>
            {
                var (status, answer) = await api.PublishAsync($$"""{"channel":"{{space}}-0","data":{{Count}},"at":{{last.ToUnixTimeMilliseconds()}},"idempotencyKey":"late"}""");
                late = answer;
                return status is HttpStatusCode.OK || answer["field"] is not null;
            },
            All,
            "another one to be scheduled");
        var expected = late!["schedule"] is null ? Count : Count + 1;
        await ClusterStage.UntilAsync(async () => (await PublishedAsync()).Distinct().Count() == expected, All, "all to be published");
        await ClusterStage.UntilAsync(async () => (await api.GetAsync($"schedules?prefix={space}&state=pending")).Body["schedules"]?.AsArray().Count == 0
            && (await api.GetAsync($"schedules?prefix={space}&state=firing")).Body["schedules"]?.AsArray().Count == 0, All, "all to be noted");

        (await PublishedAsync()).Order().ShouldBe(Enumerable.Range(0, expected));
        foreach (var id in schedules.Where((_, i) => i % 20 == 0))
        {
            ((string)(await api.GetAsync($"schedules/{id}")).Body["state"]!).ShouldBe("fired");
        }

        await three.Stage.HealAsync();
        await three.Stage.SettledAsync(All);

        async Task<IEnumerable<string>> MadeAsync(int from)
        {
            var messages = Enumerable.Range(from, 60).Select(i => $$"""{"channel":"{{space}}-{{i % Channels}}","data":{{i}},"at":{{first.AddMilliseconds(i * (last - first).TotalMilliseconds / Count).ToUnixTimeMilliseconds()}}}""");
            var (status, answer) = await api.PostAsync("batch", $"[{string.Join(',', messages)}]");
            status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
            return answer["results"]!.AsArray().Select(result => (string?)result!["schedule"] ?? throw new InvalidOperationException(result.ToJsonString()));
        }

        async Task<List<int>> PublishedAsync()
        {
            var all = new List<int>();
            for (var i = 0; i < Channels; i++)
            {
                var (status, answer) = await api.GetAsync($"channels/{space}-{i}/history?limit=1000");
                if (status is HttpStatusCode.OK)
                {
                    all.AddRange(answer["messages"]!.AsArray().Select(message => (int)message!["data"]!));
                }
            }

            return all;
        }
    }
}
