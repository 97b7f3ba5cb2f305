using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;

namespace Realtime.Tests.Channels;

/// <summary>How an owner finds out that a relay listens to something else than it believes.</summary>
public sealed class ListenerLedgerTests
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly ChannelName Hall = ChannelName.Parse("chat:hall");

    private readonly RecordingCluster _cluster = new() { View = RecordingCluster.ViewOf(1) };
    private readonly ListenerLedger _ledger;

    public ListenerLedgerTests() => _ledger = new ListenerLedger(_cluster, new ChannelLogging(NullLogger<ChannelLogging>.Instance));

    [Fact]
    public void Nothing_is_said_while_both_know_the_same()
    {
        Note(Room, 3);
        Note(Hall, 4);
        Note(Hall, null);

        Say(4, (Room, 3));

        (_cluster.Told.Count, _cluster.ToNodes.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void A_difference_that_stands_still_is_repaired_at_the_second_digest()
    {
        Note(Room, 3);
        Say(1, (Room, 5));
        _cluster.ToNodes.ShouldBeEmpty("the announcement may be on its way");

        Say(1, (Room, 5));

        _cluster.Told.ShouldBe([(EntityAddress.Of(Room), new ChannelRequest.Unlisten(RecordingCluster.Two, 3))]);
        AskedAgain().ShouldBe([ShardOf(Room)]);
    }

    [Fact]
    public void What_the_relay_does_not_mention_is_let_go_of()
    {
        Note(Room, 3);
        Say(2);

        _cluster.Told.Single().To.ShouldBe(EntityAddress.Of(Room));
    }

    [Fact]
    public void What_only_the_relay_knows_is_asked_for()
    {
        Say(2, (Room, 3));

        _cluster.Told.ShouldBeEmpty();
        AskedAgain().ShouldBe([ShardOf(Room)]);
    }

    [Fact]
    public void A_difference_that_moves_is_repaired_too_but_later()
    {
        for (var i = 1; i < ListenerLedger.MostStrikes; i++)
        {
            Say(1, (Room, i));
        }

        _cluster.ToNodes.ShouldBeEmpty();
        Say(1, (Room, 100));
        AskedAgain().ShouldBe([ShardOf(Room)]);
    }

    [Fact]
    public void A_difference_that_is_gone_in_between_does_not_count()
    {
        Note(Room, 3);
        Say(1, (Room, 5));
        Note(Room, 5);
        Say(1, (Room, 5));
        Note(Room, 3);
        Say(1, (Room, 5));

        _cluster.ToNodes.ShouldBeEmpty();
    }

    [Fact]
    public void Shards_of_other_owners_are_none_of_its_business()
    {
        _cluster.View = RecordingCluster.ViewOf(2);
        Say(3, (Room, 5));

        _cluster.ToNodes.ShouldBeEmpty();
    }

    [Fact]
    public void A_single_node_keeps_no_ledger()
    {
        _ledger.Note(null, Room, RecordingCluster.Two, 3);
        Say(3);

        _cluster.Told.ShouldBeEmpty();
    }

    private ShardId ShardOf(ChannelName channel) => _cluster.View.ShardOf(EntityAddress.Of(channel));

    private void Note(ChannelName channel, long? generation) =>
        _ledger.Note(new ShardFence(ShardOf(channel), 1, new Incarnation(1)), channel, RecordingCluster.Two, generation);

    private void Say(int times, params (ChannelName Channel, long Generation)[] listened)
    {
        var shards = listened.GroupBy(entry => ShardOf(entry.Channel)).Select(group => new ShardInterest(
            group.Key, group.Count(), group.Aggregate(0UL, (hash, entry) => hash ^ ShardHash.Mix(
                unchecked(ShardHash.Hash(EntityAddress.Of(entry.Channel)) + (ulong)entry.Generation)))));
        var digest = new InterestNews.Digest(RecordingCluster.Two, [.. shards]);
        for (var i = 0; i < times; i++)
        {
            _ledger.OnNodeMessage(digest);
        }
    }

    private IReadOnlyList<ShardId> AskedAgain()
    {
        var (to, message) = _cluster.ToNodes.ShouldHaveSingleItem();
        to.ShouldBe(RecordingCluster.Two);
        return message.ShouldBeOfType<InterestNews.AnnounceAgain>().Shards;
    }
}
