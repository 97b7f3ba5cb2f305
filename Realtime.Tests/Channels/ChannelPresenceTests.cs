using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

public sealed class ChannelPresenceTests
{
    private static readonly SessionId Bob = new(2);
    private static readonly SessionId Cid = new(3);
    private static readonly UserId User = new("bob");

    private readonly ChannelRig _rig = new(new NamespacePolicy("chat") { Presence = true, RosterLimit = 2 });

    [Fact]
    public void Every_change_has_the_next_revision_and_is_told_to_listeners()
    {
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));

        Announce(Bob, "away");
        Announce(Bob, "here");
        _rig.Ask(new ChannelRequest.Withdraw(Bob));

        var member = new Member(Bob, User, ChannelRig.Text("away"));
        var changed = member with { Data = ChannelRig.Text("here") };
        News().ShouldBe([(PresenceChange.Joined, member, 1, 1), (PresenceChange.Changed, changed, 1, 2), (PresenceChange.Left, changed, 0, 3)]);
    }

    [Fact]
    public void What_changes_nothing_is_not_told_and_has_no_revision()
    {
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        Announce(Bob, "here");
        Announce(Bob, "here");
        _rig.Ask(new ChannelRequest.Withdraw(Cid));

        (_rig.News.Count, _rig.Machine.Roster.Revision).ShouldBe((1, 1));
    }

    [Fact]
    public void Above_the_limit_only_the_count_is_told_and_below_it_the_members_again()
    {
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        Announce(ChannelRig.Ann, "a");
        Announce(Bob, "b");
        WhoIsHere().Members!.Count.ShouldBe(2);

        Announce(Cid, "c");
        var above = WhoIsHere();
        (above.Members, above.Count, above.Revision).ShouldBe((null, 3, 3));
        var news = _rig.News[^1].ShouldBeOfType<ChannelNews.Presence>();
        (news.Members.Count, news.Count, news.Revision).ShouldBe((0, 3, 3));

        _rig.Ask(new ChannelRequest.Withdraw(Cid));
        WhoIsHere().Members!.Select(member => member.Session).ShouldBe([ChannelRig.Ann, Bob], ignoreOrder: true);
    }

    [Fact]
    public void Who_begins_to_listen_is_told_where_the_log_ends_and_who_is_here()
    {
        _rig.Fill(2);
        Announce(Bob, "here");

        var listening = _rig.Get<ChannelReply.Listening>(new ChannelRequest.Listen(ChannelRig.Node, 9));

        (listening.Generation, listening.Head.Offset, listening.Presence!.Count).ShouldBe((9, 2, 1));
    }

    [Fact]
    public void A_namespace_without_presence_tells_nobody_who_is_here()
    {
        var rig = new ChannelRig(new NamespacePolicy("chat"));

        rig.Get<ChannelReply.Listening>(new ChannelRequest.Listen(ChannelRig.Node, 1)).Presence.ShouldBeNull();
    }

    [Fact]
    public void Every_node_that_listens_is_told_and_none_that_has_stopped()
    {
        var other = new NodeId("two");
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1));
        _rig.Ask(new ChannelRequest.Listen(other, 1));
        Announce(Bob, "here");
        _rig.Ask(new ChannelRequest.Unlisten(other, 1));
        _rig.Fill(1);

        _rig.Machine.Listeners.ShouldBe([ChannelRig.Node]);
        _rig.News.Count.ShouldBe(3);
    }

    private void Announce(SessionId session, string data) => _rig.Ask(new ChannelRequest.Announce(session, User, ChannelRig.Text(data)));

    private PresenceSnapshot WhoIsHere() => _rig.Get<ChannelReply.Present>(new ChannelRequest.WhoIsHere()).Presence;

    private IEnumerable<(PresenceChange, Member, int, long)> News() => _rig.News.Cast<ChannelNews.Presence>()
        .Select(news => (news.Change, news.Members.ShouldHaveSingleItem(), news.Count, news.Revision));
}
