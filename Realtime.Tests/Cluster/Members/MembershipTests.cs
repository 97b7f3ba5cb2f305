using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Actor systems in this process that join and lose each other by their rows in a real database.</summary>
[Collection(ActorSystems.Name)]
public sealed class MembershipTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _case = new();

    public async ValueTask InitializeAsync() => await _case.PrepareAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_are_one_cluster_every_time()
    {
        for (var round = 1; round <= 20; round++)
        {
            var nodes = await Task.WhenAll(Enumerable.Range(1, 3).Select(number => MemberNode.StartAsync(_case, $"n{number}"))).Within($"round {round}");

            await Soon.IsTrueAsync(() => nodes.All(node => node.Members.SequenceEqual(nodes.Select(one => one.Port).Order())), "all to see all");
            (await _case.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe((long)round, "founded once in each round");
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask())).Within("all to leave");
        }
    }

    [Fact]
    public async Task A_node_that_starts_later_joins_and_when_the_founder_has_left_the_next_one_joins_it()
    {
        var first = await MemberNode.StartAsync(_case, "n1").Within("the first");
        await using var second = await MemberNode.StartAsync(_case, "n2").Within("the second");
        await first.DisposeAsync();
        await Soon.IsTrueAsync(() => second.Members.Count == 1, "the first to be gone");

        await using var third = await MemberNode.StartAsync(_case, "n3").Within("the third");

        await Soon.IsTrueAsync(() => second.Members.Count == 2, "the third to be seen");
        (await _case.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L);
    }

    [Fact]
    public async Task A_founder_that_died_before_it_was_up_is_waited_for_and_then_given_up()
    {
        await (await MemberNode.StartAsync(_case, "n1").Within("the tables")).DisposeAsync();
        await _case.ScalarAsync("INSERT INTO rt.member (incarnation, name, roles, renewed) VALUES (100, 'n0', '{node}', clock_timestamp() - interval '5 s')");
        await _case.ScalarAsync("UPDATE rt.cluster SET founder = 100");

        await using var node = await MemberNode.StartAsync(_case, "n1").Within("the next founder");

        (await _case.ScalarAsync("SELECT verdict FROM rt.member WHERE incarnation = 100")).ShouldBe("its row stood still when another node founded the cluster anew");
        (await _case.ScalarAsync("SELECT c.founded - m.renewed >= interval '15 s' FROM rt.cluster c, rt.member m WHERE m.incarnation = 100")).ShouldBe(true);
    }

    [Fact]
    public async Task A_broken_link_between_two_of_three_costs_the_younger_of_the_two_and_nobody_else()
    {
        await using var first = await MemberNode.StartAsync(_case, "n1").Within("the first");
        await using var second = await MemberNode.StartAsync(_case, "n2").Within("the second");
        await using var third = await MemberNode.StartAsync(_case, "n3").Within("the third");
        await Soon.IsTrueAsync(() => first.Members.Count == 3, "all to be members");

        await MemberNode.CutAsync(first, third);

        (await third.GivenUpAsync()).ShouldBe("the other nodes go on without it: it cannot reach other nodes that can reach each other");
        third.HoldsLease.ShouldBeFalse();
        await Soon.IsTrueAsync(() => first.Members.SequenceEqual(second.Members) && first.Members.Count == 2, "the two to go on");
        (first.Lost.Count, second.Lost.Count, first.HoldsLease, second.HoldsLease).ShouldBe((0, 0, true, true));
    }

    [Fact]
    public async Task A_lighthouse_that_is_cut_off_goes_although_it_is_the_older()
    {
        await using var lighthouse = await MemberNode.StartAsync(_case, "l1", "lighthouse").Within("the lighthouse");
        await using var node = await MemberNode.StartAsync(_case, "n1").Within("the node");
        await Soon.IsTrueAsync(() => node.Members.Count == 2, "both to be members");

        await MemberNode.CutAsync(node, lighthouse);

        await lighthouse.GivenUpAsync();
        await Soon.IsTrueAsync(() => node.Members.Count == 1, "the node to go on");
        node.Lost.ShouldBeEmpty();
    }

    /// <summary>Nothing in Akka reacts to it: the node would go on alone, and be a member to itself.</summary>
    [Fact]
    public async Task A_node_that_another_member_has_quarantined_gives_up_and_what_others_say_is_no_news()
    {
        await using var first = await MemberNode.StartAsync(_case, "n1").Within("the first");
        await using var second = await MemberNode.StartAsync(_case, "n2").Within("the second");
        await Soon.IsTrueAsync(() => second.Members.Count == 2, "both to be members");

        second.IsQuarantinedBy(first.Address.WithPort(1));
        second.IsQuarantinedBy(first.Address);

        (await second.GivenUpAsync()).ShouldBe("node n1 has quarantined it");
        second.HoldsLease.ShouldBeFalse();
        second.Lost.ShouldHaveSingleItem();
        first.Lost.ShouldBeEmpty();
    }
}
