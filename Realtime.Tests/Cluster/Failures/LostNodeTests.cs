using Realtime.Client;
using Realtime.Node.Configuration;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>A process that is lost, stands still, or should not be there.</summary>
[Collection(FailureCollection.Name)]
public sealed class LostNodeTests(ThreeNodes three)
{
    /// <summary>Promised are 15 s.</summary>
    private static readonly TimeSpan Writable = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Return = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_the_oldest_node_owned_is_taken_over_when_it_is_killed() => await KilledAsync(three.Stage.Oldest);

    [Fact]
    public async Task What_any_other_node_owned_is_taken_over_when_it_is_killed() => await KilledAsync(three.Stage.Nodes.First(node => node != three.Stage.Oldest));

    [Fact]
    public async Task A_node_goes_on_alone_when_both_others_are_killed_at_once()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        var (places, _) = await ThreeNodes.WriteAsync(client, Writable, "a publish everywhere");
        await Task.WhenAll(three.B.KillAsync(), three.C.KillAsync());
        var (after, _) = await ThreeNodes.WriteAsync(client, Writable, "every channel to be writable at the one node that is left");
        ThreeNodes.FollowsOn(places, after);
    }

    [Fact]
    public async Task A_pause_that_is_shorter_than_the_failure_detector_is_a_pause()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        await three.C.PauseAsync();
        await Task.Delay(three.Stage.Options.ShortPause, TimeProvider.System, TestContext.Current.CancellationToken);
        await three.C.ResumeAsync();
        await ThreeNodes.WriteAsync(client, Writable, "every channel to be writable after the pause");
        await three.ShouldHaveLostNobodyAsync();
    }

    [Fact]
    public async Task A_node_that_stood_still_for_too_long_loses_what_it_owned_says_nothing_when_it_wakes_and_comes_back()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        await using var sleeper = await RawClient.HelloAsync(new Uri($"http://{three.C.Clients.Endpoint}"));
        var (places, _) = await ThreeNodes.WriteAsync(client, Writable, "a publish everywhere");
        var exits = three.C.Exits.Count;

        await three.C.PauseAsync();
        // Whatever it owned: it reads these when it wakes up.
        foreach (var (channel, i) in places.Keys.Select((channel, i) => (channel, i)))
        {
            await sleeper.SendAsync($$"""{"type":"publish","id":{{100 + i}},"channel":"{{channel}}","data":"late"}""");
        }

        var (after, _) = await ThreeNodes.WriteAsync(client, Writable, "every channel to be writable while the node sleeps");
        ThreeNodes.FollowsOn(places, after);
        await three.C.ResumeAsync();
        await ClusterStage.UntilAsync(() => Task.FromResult(three.C.Exits.Count > exits), Return, "the node to find that it was declared dead");
        three.C.Exits.Last().Code.ShouldBe(ExitCodes.LostMembership, three.Stage.Output);
        await three.Stage.SettledAsync(Return);

        // What it said to its client in the last moment is true.
        await sleeper.ClosedAsync();
        var final = await three.Store.FinalAsync();
        foreach (var answer in sleeper.Frames.Where(answer => (string?)answer["type"] == "reply" && answer["position"] is not null))
        {
            var place = Position.Parse((string)answer["position"]!);
            final.Logs[places.Keys.ElementAt((int)answer["id"]! - 100)].Rows.ShouldContain(new KeyValuePair<long, string>(place.Offset, "late"));
        }

        (await three.VerdictsAsync()).ShouldAllBe(verdict => verdict.Node == three.C.Name);
    }

    [Fact]
    public async Task A_second_process_with_a_living_nodes_name_is_refused_and_the_first_goes_on()
    {
        await three.WellAsync();
        await using var second = three.B.LaunchAnother();
        (await second.ExitAsync()).ShouldBe(ExitCodes.NameInUse, string.Join('\n', [.. second.Output, .. second.Faults]));
        await three.ShouldHaveLostNobodyAsync();
    }

    private async Task KilledAsync(StageNode victim)
    {
        await three.WellAsync();
        var survivor = three.Stage.Nodes.First(node => node != victim);
        await using var client = await three.ConnectAsync(survivor);
        var (places, _) = await ThreeNodes.WriteAsync(client, Writable, "a publish everywhere");
        await victim.KillAsync();
        var (after, _) = await ThreeNodes.WriteAsync(client, Writable, $"every channel to be writable after {victim.Name} was killed");
        ThreeNodes.FollowsOn(places, after);
        (await three.VerdictsAsync()).ShouldAllBe(verdict => verdict.Node == victim.Name);
        await victim.StartAsync();
        await three.Stage.SettledAsync(Return);
    }
}
