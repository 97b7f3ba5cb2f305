using System.Collections.Immutable;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

public sealed class WatchTests
{
    private static readonly Incarnation Peer = new(2);
    private readonly Watch _watch = new(new MembershipTimers(TimeSpan.FromSeconds(3)));

    [Fact]
    public void The_ring_are_the_next_three_around_the_end()
    {
        var nodes = ImmutableArray.Create(Views.Node(1), Views.Node(4), Views.Node(5), Views.Node(8), Views.Node(9));
        Watch.Ring(nodes, new Incarnation(5)).ShouldBe([new(8), new(9), new(1)]);
        Watch.Ring(nodes, new Incarnation(9)).ShouldBe([new(1), new(4), new(5)]);
        Watch.Ring([Views.Node(1), Views.Node(2)], new Incarnation(1)).ShouldBe([new(2)]);
        Watch.Ring([Views.Node(1)], new Incarnation(1)).ShouldBeEmpty();
    }

    [Fact]
    public void A_counter_that_stands_still_for_long_enough_is_silence()
    {
        Answers(7, 0, 3, 6, 9, 12);
        Silent(14.9).ShouldBeEmpty();
        Silent(15).ShouldBe([new Silence(Peer, 7, TimeSpan.FromSeconds(15), 4)]);
    }

    [Fact]
    public void Too_few_own_heartbeats_prove_nothing()
    {
        // As after a stop of this very process, or a store that took 20 s for one statement.
        Answers(7, 0, 3, 6, 30);
        Silent(31).ShouldBeEmpty();
    }

    [Fact]
    public void A_counter_that_moves_starts_anew()
    {
        Answers(7, 0, 3, 6, 9);
        Answers(8, 12);
        Silent(20).ShouldBeEmpty();
        Answers(8, 15, 18, 21, 24);
        Silent(27).ShouldHaveSingleItem().Heartbeat.ShouldBe(8);
    }

    [Fact]
    public void A_failure_of_ones_own_starts_everything_anew()
    {
        Answers(7, 0, 3, 6, 9, 12);
        _watch.Failed();
        Silent(15).ShouldBeEmpty();
        Answers(7, 15, 18, 21, 24, 27);
        Silent(29.9).ShouldBeEmpty();
        Silent(30).ShouldHaveSingleItem();
    }

    [Fact]
    public void Who_is_missing_from_an_answer_is_forgotten()
    {
        Answers(7, 0, 3, 6, 9, 12);
        _watch.Answered([], TimeSpan.FromSeconds(13));
        Answers(7, 14);
        Silent(16).ShouldBeEmpty();
    }

    private void Answers(long counter, params int[] seconds)
    {
        foreach (var second in seconds)
        {
            _watch.Answered([KeyValuePair.Create(Peer, counter)], TimeSpan.FromSeconds(second));
        }
    }

    private IReadOnlyList<Silence> Silent(double second) => _watch.Silent(TimeSpan.FromSeconds(second));
}
