using System.Text;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>What a new owner goes by that was not handed its predecessor's roster: what the relays believe, for a grace time.</summary>
public sealed class ChannelAdoptionTests
{
    private const int RosterLimit = 3;

    private static readonly NodeId Other = new("two");
    private static readonly Member Ann = new(ChannelRig.Ann, null, ChannelRig.Text("ann"));
    private static readonly Member Bob = new(new SessionId(2), new UserId("bob"), ChannelRig.Text("bob"));
    private static readonly Member Cid = new(new SessionId(3), null, ChannelRig.Text("cid"));

    private readonly ChannelRig _rig = new(new NamespacePolicy("chat") { Presence = true, RosterLimit = RosterLimit });

    [Fact]
    public void A_relay_that_knows_everybody_sees_nothing_change()
    {
        Listen(ChannelRig.Node, 57, Ann, Bob).ShouldBe("57: ann bob");

        Announce(Ann);
        Announce(Bob);
        Expire();

        _rig.News.ShouldBeEmpty();
        WhoIsHere().ShouldBe("57: ann bob");
    }

    [Fact]
    public void Whom_nobody_announces_in_time_leaves()
    {
        Listen(ChannelRig.Node, 5, Ann, Bob, Cid);
        Announce(Bob);
        _rig.Step(ChannelInput.ClaimTick.Instance);
        _rig.News.ShouldBeEmpty("their time is not over");

        Expire();

        var news = _rig.News.ShouldHaveSingleItem().ShouldBeOfType<ChannelNews.Presence>();
        (news.Change, news.Count, news.Revision).ShouldBe((PresenceChange.Left, 1, 6));
        news.Members.ShouldBe([Ann, Cid], ignoreOrder: true);
        _rig.Machine.ClaimsDue.ShouldBeNull();
    }

    [Fact]
    public void Whoever_has_left_here_is_not_brought_back_by_a_relay_that_has_not_heard_of_it()
    {
        Announce(Ann);
        _rig.Ask(new ChannelRequest.Withdraw(Ann.Session));

        Listen(ChannelRig.Node, 9, Ann, Bob).ShouldBe("10: bob");
    }

    [Fact]
    public void Later_than_the_grace_time_a_relay_is_told_and_not_asked()
    {
        Announce(Ann);
        _rig.Now += 31_000;

        Listen(ChannelRig.Node, 9, Ann, Bob).ShouldBe("1: ann");
    }

    [Fact]
    public void A_roster_that_was_handed_over_is_the_roster()
    {
        Listen(ChannelRig.Node, 1);
        _rig.Now += 31_000;
        Announce(Ann);
        _rig.HandOff();

        Listen(Other, 9, Ann, Bob).ShouldBe("2: ann");
    }

    [Fact]
    public void Claims_that_are_open_at_a_hand_off_run_out_at_the_next_owner()
    {
        Listen(ChannelRig.Node, 5, Ann, Bob);
        Announce(Bob);
        _rig.Now += 20_000;
        _rig.HandOff();
        _rig.Machine.ClaimsDue.ShouldBe(_rig.Now + 10_000);

        Expire();

        WhoIsHere().ShouldEndWith(": bob");
    }

    [Fact]
    public void Relays_that_disagree_all_end_with_what_the_owner_has()
    {
        var relays = new Dictionary<NodeId, PresenceView>
        {
            [ChannelRig.Node] = View(57, Ann, Bob), [Other] = View(58, Ann, Cid), [new NodeId("three")] = View(57, Ann, Bob),
        };
        var listening = new List<PresenceView>();
        _rig.Told = news => listening.Distinct().ToList().ForEach(relay => relay.Apply((ChannelNews.Presence)news));
        foreach (var (node, view) in relays)
        {
            var answer = _rig.Get<ChannelReply.Listening>(new ChannelRequest.Listen(node, 1) { Known = view.Snapshot() });
            answer.Presence!.Members!.Count.ShouldBeGreaterThanOrEqualTo(view.Snapshot().Members!.Count, "nobody sees it shrink");
            view.Reset(answer.Presence);
            listening.Add(view);
        }

        Announce(Cid with { Data = ChannelRig.Text("changed") });

        // One that missed a revision knows that it did, and asks; one that believes to be up to date must be.
        WhoIsHere().ShouldEndWith(": ann bob changed");
        var upToDate = relays.Values.Where(view => view.Revision == _rig.Machine.Roster.Revision).ToList();
        upToDate.Count.ShouldBe(2);
        upToDate.ShouldAllBe(view => Show(view.Snapshot()) == WhoIsHere());
    }

    [Fact]
    public void An_equal_revision_with_other_members_is_told_apart()
    {
        Announce(Cid);

        Listen(ChannelRig.Node, 1, Ann).ShouldBe("2: ann cid");
    }

    [Fact]
    public void Above_the_limit_only_the_count_is_taken_over_and_does_not_shrink_while_members_are_announced()
    {
        _rig.Ask(new ChannelRequest.Listen(ChannelRig.Node, 1) { Known = new PresenceSnapshot(null, 10, 40) });
        Announce(Ann);
        Announce(Bob);
        _rig.Ask(new ChannelRequest.Withdraw(Bob.Session));
        _rig.Ask(new ChannelRequest.Withdraw(new SessionId(99)));
        _rig.Ask(new ChannelRequest.Withdraw(new SessionId(99)));

        _rig.News.Cast<ChannelNews.Presence>().Select(news => (news.Count, news.Revision)).ShouldBe([(10, 41), (10, 42), (9, 43), (8, 44)]);
        Expire();
        WhoIsHere().ShouldEndWith(": ann");
    }

    private static PresenceView View(long revision, params Member[] members)
    {
        var view = new PresenceView(RosterLimit);
        view.Reset(new PresenceSnapshot(members, members.Length, revision));
        return view;
    }

    private static string Show(PresenceSnapshot presence) =>
        $"{presence.Revision}: {string.Join(' ', presence.Members!.Select(member => Encoding.UTF8.GetString(member.Data.Bytes.Span)[1..^1]).Order())}";

    private string Listen(NodeId node, long revision, params Member[] known) =>
        Show(_rig.Get<ChannelReply.Listening>(
            new ChannelRequest.Listen(node, 1) { Known = new PresenceSnapshot(known, known.Length, revision) }).Presence!);

    private void Announce(Member member) => _rig.Ask(new ChannelRequest.Announce(member.Session, member.User, member.Data));

    private string WhoIsHere() => Show(_rig.Get<ChannelReply.Present>(new ChannelRequest.WhoIsHere()).Presence);

    private void Expire()
    {
        _rig.Now += 31_000;
        _rig.Step(ChannelInput.ClaimTick.Instance);
    }
}
