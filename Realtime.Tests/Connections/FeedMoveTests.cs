using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Connections;

/// <summary>What subscribers notice when their channel gets another owner: nothing, or a gap that names what is lost.</summary>
public sealed class FeedMoveTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_sees_one_stream_over_changes_of_owner(bool handedOff)
    {
        using var rig = new FeedRig(new NamespacePolicy("chat"));
        var reader = await JoinedAsync(rig);
        rig.Publish("m1");
        rig.MoveOwner(handedOff, meanwhile: "m2");
        rig.Publish("m3");
        await rig.Until(() => reader.Position == rig.Head, "the reader to be at the head");
        rig.MoveOwner(handedOff);
        rig.Publish("m4");
        await rig.Until(() => reader.Position == rig.Head, "the reader to be at the head again");

        reader.Seen.ShouldBe(["m1", "m2", "m3", "m4"]);
        reader.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_log_that_is_lost_with_its_owner_is_told_as_a_gap_and_the_new_one_read_from_its_start()
    {
        using var rig = new FeedRig(new NamespacePolicy("chat"));
        var reader = await JoinedAsync(rig);
        rig.Publish("m1");
        await rig.Until(() => reader.Position == rig.Head, "the first life");
        rig.MoveOwner(handedOff: false, meanwhile: "again", reborn: true);
        await rig.Until(() => reader.Position == rig.Head, "the second life");

        reader.Seen.ShouldBe(["m1", "gap epoch", "again"]);
        reader.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_roster_neither_shrinks_nor_grows_when_the_owner_dies()
    {
        using var rig = new FeedRig(new NamespacePolicy("chat") { Presence = true });
        var reader = await JoinedAsync(rig);
        rig.Announce(new SessionId(100), "here");
        rig.Announce(new SessionId(101), "here");
        await rig.Until(() => reader.Seen.Count == 3, "both to be seen");
        rig.MoveOwner(handedOff: false);
        await rig.Until(() => rig.Asked.Count(name => name == "Listen") == 2, "the relay to announce itself again");
        rig.Announce(new SessionId(100), "here");
        rig.Announce(new SessionId(102), "here");
        await rig.Until(() => reader.Seen.Count == 4, "the newcomer to be seen");

        reader.Seen.ShouldBe(["roster", "joined", "joined", "joined"]);
    }

    private static async Task<FeedReader> JoinedAsync(FeedRig rig)
    {
        var reader = new FeedReader(rig, new SessionId(1), StartFrom.Live, 100_000);
        await rig.Until(() => reader.Info is not null, "the reply to the subscribe");
        return reader;
    }
}
