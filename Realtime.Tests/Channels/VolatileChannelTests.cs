using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Channels that nothing is written of: answered at once, and exactly once all the same.</summary>
public sealed class VolatileChannelTests
{
    [Fact]
    public void A_memory_channel_answers_at_once_and_knows_its_repeats()
    {
        var rig = new ChannelRig(new NamespacePolicy("board") { Durability = Durability.Memory });
        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        var first = rig.Publish("a", 1);

        rig.PositionOf(first)!.Value.Offset.ShouldBe(1);
        rig.PositionOf(rig.Publish("a", 1))!.Value.Offset.ShouldBe(1);
        (rig.News.Count, rig.Appends.Count, rig.Machine.Log.Head).ShouldBe((1, 0, 1));
    }

    [Fact]
    public void A_channel_without_a_log_gives_no_position_and_tells_each_message_once()
    {
        var rig = new ChannelRig(new NamespacePolicy("cursors") { Durability = Durability.None });
        rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));

        rig.PositionOf(rig.Publish("a", 1)).ShouldBeNull();
        rig.PositionOf(rig.Publish("a", 1)).ShouldBeNull();

        var news = rig.News.ShouldHaveSingleItem().ShouldBeOfType<ChannelNews.Messages>();
        (news.Epoch.IsNone, news.Items[0].Offset).ShouldBe((true, 0));
        rig.Machine.CanPassivate.ShouldBeFalse();
    }
}
