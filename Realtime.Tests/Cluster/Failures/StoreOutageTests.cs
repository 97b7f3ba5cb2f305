using Realtime.Client;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>A store that is out of reach for all, or for one.</summary>
[Collection(FailureCollection.Name)]
public sealed class StoreOutageTests(ThreeNodes three)
{
    /// <summary>Longer than a row may stand still.</summary>
    private static readonly TimeSpan Long = StageOptions.Detection * 1.5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public Task A_database_that_is_down_stops_durable_publishes_and_costs_nobody_his_membership() => OutAsync(standsStill: false);

    [Fact]
    public Task A_database_that_stands_still_is_no_different() => OutAsync(standsStill: true);

    [Fact]
    public async Task A_node_that_is_lost_while_nobody_reaches_the_store_is_the_only_one()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        var (places, _) = await ThreeNodes.WriteAsync(client, Limit, "a publish everywhere");
        await three.Store.Server.StopAsync();
        await three.C.KillAsync();
        await Task.Delay(Long, TimeProvider.System, TestContext.Current.CancellationToken);
        await three.Store.Server.StartAgainAsync();
        var (after, _) = await ThreeNodes.WriteAsync(client, TimeSpan.FromSeconds(40), "every channel to be writable when the store is back and one node is not");
        ThreeNodes.FollowsOn(places, after);
        (await three.VerdictsAsync()).ShouldAllBe(verdict => verdict.Node == three.C.Name);
        three.A.Condition.ShouldBe(NodeCondition.Up);
        three.B.Condition.ShouldBe(NodeCondition.Up);
    }

    [Fact]
    public async Task A_node_that_only_the_store_cannot_hear_goes_after_a_while_and_what_it_owned_goes_on()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        var (places, _) = await ThreeNodes.WriteAsync(client, Limit, "a publish everywhere");
        var exits = three.C.Exits.Count;
        three.C.Store!.Cut();
        // Promised are 30 s.
        var (after, _) = await ThreeNodes.WriteAsync(client, TimeSpan.FromSeconds(60), "every channel to be writable although one node has no store");
        ThreeNodes.FollowsOn(places, after);
        three.C.Store!.Heal();
        await ClusterStage.UntilAsync(() => Task.FromResult(three.C.Exits.Count > exits), Limit, "the node without a store to end");
        await three.Stage.SettledAsync(TimeSpan.FromSeconds(60));
        (await three.VerdictsAsync()).ShouldAllBe(verdict => verdict.Node == three.C.Name);
    }

    [Fact]
    public async Task A_database_that_has_become_another_one_begins_new_epochs_and_readers_are_told()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        await using var subscription = client.Subscribe("log:0");
        await subscription.Ready.Within("the subscription");
        var (places, _) = await ThreeNodes.WriteAsync(client, Limit, "a publish everywhere");

        await three.Store.AnotherTimelineAsync();
        await three.Store.KillBackendsAsync(three.Stage.Nodes.Select(node => node.Name));
        var (after, _) = await ThreeNodes.WriteAsync(client, Limit, "every channel to be writable on the other timeline");
        after.ShouldAllBe(place => place.Value.Epoch != places[place.Key].Epoch);
        await foreach (var item in subscription.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (item is ChannelEvent.Gap gap)
            {
                gap.Reason.ShouldBe("epoch");
                break;
            }
        }

        await three.ShouldHaveLostNobodyAsync();
    }

    private async Task OutAsync(bool standsStill)
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.B);
        var (places, _) = await ThreeNodes.WriteAsync(client, Limit, "a publish everywhere");
        await client.PublishAsync("mem:0", "before").Within("a publish to memory");

        await (standsStill ? three.Store.Server.PauseAsync() : three.Store.Server.StopAsync());
        await client.PublishAsync("mem:0", "during").Within("a publish to memory without the store");
        var refused = await Should.ThrowAsync<RealtimeException>(() => client.PublishAsync("log:0", "during", new PublishOptions { ExactlyOnce = false }).Within("a durable publish to be refused"));
        refused.Code.ShouldBeOneOf(ErrorCodes.Unavailable, ErrorCodes.Timeout);
        await using (var newcomer = await three.ConnectAsync(three.A))
        {
            newcomer.State.ShouldBe(ClientState.Connected, "sessions open without the store");
        }

        await Task.Delay(Long, TimeProvider.System, TestContext.Current.CancellationToken);
        await (standsStill ? three.Store.Server.ResumeAsync() : three.Store.Server.StartAgainAsync());
        // Promised are 5 s.
        var (after, _) = await ThreeNodes.WriteAsync(client, Limit, "every channel to be writable after the outage");
        // What became of the one that was refused may not be known.
        places.Remove("log:0");
        ThreeNodes.FollowsOn(places, after);
        client.State.ShouldBe(ClientState.Connected, three.Stage.Output);
        await three.Stage.SettledAsync(Limit);
        await three.ShouldHaveLostNobodyAsync();
    }
}
