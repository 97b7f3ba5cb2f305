using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>Who is present: the union of what feeds claim, without a pair of left and joined for a session that only moved.</summary>
public sealed class MachinePresenceTests
{
    private readonly MachineRig _rig = new();

    public MachinePresenceTests() => _rig.Listen("w");

    [Fact]
    public void A_claim_joins_once_and_other_data_is_a_change()
    {
        Claim("a", ClaimOf(MachineRig.Ann, change: 1));
        Claim("a", ClaimOf(MachineRig.Ann, change: 1));
        Claim("a", ClaimOf(MachineRig.Ann, change: 2, data: "busy"));
        Told().ShouldBe(["Joined 1", "Changed 1"]);
    }

    [Fact]
    public void A_newer_claim_of_a_session_voids_what_older_feeds_say_of_it()
    {
        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 1));
        Claim("b", ClaimOf(MachineRig.Ann, ordinal: 2));
        Withdraw(MachineRig.Ann, ordinal: 1);
        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 1, change: 9, data: "old"));
        _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Unlisten(MachineRig.Name, tag, MachineRig.Feed("a"), 1));
        PassGrace();
        Told().ShouldBe(["Joined 1"]);
    }

    [Fact]
    public void A_withdrawal_by_the_newest_is_final()
    {
        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 2, change: 1));
        Withdraw(MachineRig.Ann, ordinal: 2, change: 2);
        Claim("b", ClaimOf(MachineRig.Ann, ordinal: 1));
        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 2, change: 1));
        Told().ShouldBe(["Joined 1", "Left 1"]);

        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 2, change: 3));
        Told().ShouldBe(["Joined 1", "Left 1", "Joined 1"]);
    }

    [Fact]
    public void A_claim_that_comes_late_brings_no_one_back_for_as_long_as_the_grace()
    {
        Claim("a", ClaimOf(MachineRig.Ann));
        Withdraw(MachineRig.Ann, ordinal: 1, change: 2);
        _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds - 1;
        _rig.Step(ChannelInput.Tick.Instance);
        Claim("b", ClaimOf(MachineRig.Ann));

        Told().ShouldBe(["Joined 1", "Left 1"]);
    }

    [Fact]
    public void A_session_that_ended_is_not_brought_back_by_any_of_its_attachment()
    {
        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 2));
        Withdraw(MachineRig.Ann, ordinal: 2, change: PresenceStamp.Final);
        Claim("a", ClaimOf(MachineRig.Ann, ordinal: 2, change: 50));
        Told().ShouldBe(["Joined 1", "Left 1"]);
    }

    [Fact]
    public void Members_of_a_feed_that_left_stay_for_the_grace_and_go_when_no_feed_claims_them()
    {
        _rig.Listen("a");
        Claim("a", ClaimOf(MachineRig.Ann), ClaimOf(MachineRig.Ben));
        _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Unlisten(MachineRig.Name, tag, MachineRig.Feed("a"), 1));
        Claim("b", ClaimOf(MachineRig.Ben, ordinal: 2));
        _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds - 1;
        _rig.Step(ChannelInput.Tick.Instance);
        Told("w").ShouldBe(["Joined 1,2"]);
        _rig.Now += 1;
        _rig.Step(ChannelInput.Tick.Instance);
        Told("w").ShouldBe(["Joined 1,2", "Left 1"]);
    }

    [Fact]
    public void Members_that_a_new_owner_hears_of_stay_for_the_grace_and_go_when_no_feed_claims_them()
    {
        _rig.Restart();
        _rig.Listen("w", attempt: 2, known: new PresenceSnapshot([MemberOf(MachineRig.Ann), MemberOf(MachineRig.Ben)], 2, 40));
        Claim("b", ClaimOf(MachineRig.Ben, ordinal: 2));
        _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds - 1;
        _rig.Step(ChannelInput.Tick.Instance);
        Told("w").ShouldBeEmpty();
        _rig.Now += 1;
        _rig.Step(ChannelInput.Tick.Instance);
        Told("w").ShouldBe(["Left 1"]);
    }

    [Fact]
    public void A_later_life_of_a_node_orphans_what_the_earlier_one_claimed()
    {
        _rig.Listen("a");
        Claim("a", ClaimOf(MachineRig.Ann));
        _rig.Get<ChannelReply.Listening>(
            tag => new ChannelRequest.Listen(MachineRig.Name, tag, MachineRig.Feed("a", incarnation: 2), 1), new SilentRef("feed-a2"));
        PassGrace();
        Told("w").ShouldBe(["Joined 1", "Left 1"]);
    }

    [Fact]
    public void A_feed_that_was_started_anew_claims_its_members_again_or_they_go()
    {
        _rig.Listen("a");
        Claim("a", ClaimOf(MachineRig.Ann), ClaimOf(MachineRig.Ben));
        _rig.Listen("a", attempt: 2, feed: new SilentRef("feed-restarted"));
        Claim("a", ClaimOf(MachineRig.Ben, ordinal: 2));
        PassGrace();
        Told("w").ShouldBe(["Joined 1,2", "Left 1"]);
    }

    [Fact]
    public void A_new_owner_goes_on_from_the_roster_that_feeds_remember()
    {
        _rig.Restart();
        _rig.News.Clear();
        var known = new PresenceSnapshot([MemberOf(MachineRig.Ann), MemberOf(MachineRig.Ben)], 2, 40);
        _rig.Listen("w", known: known);
        var listening = _rig.Replies.OfType<ChannelReply.Listening>().Last();
        (listening.Roster!.Count, listening.Roster.Revision > 40).ShouldBe((2, true));
        Claim("w", ClaimOf(MachineRig.Ann));
        Told().ShouldBeEmpty();
        PassGrace();
        Told().ShouldBe(["Left 2"]);
    }

    [Fact]
    public void Whom_a_new_owner_was_told_to_have_left_is_not_brought_back_by_a_feed_that_remembers()
    {
        _rig.Restart();
        Withdraw(MachineRig.Ann, ordinal: 1);
        _rig.Listen("w", attempt: 2, known: new PresenceSnapshot([MemberOf(MachineRig.Ann), MemberOf(MachineRig.Ben)], 2, 40));

        _rig.Replies.OfType<ChannelReply.Listening>().Last().Roster!.Members!.Select(member => member.Session).ShouldBe([MachineRig.Ben]);
    }

    [Fact]
    public void Members_from_before_the_process_are_shown_at_once_and_a_claim_of_theirs_is_news_to_no_one()
    {
        var rig = Remembering(until: 1_005_000);
        var listening = Listening(rig);
        listening.Roster!.Members.ShouldBe([MemberOf(MachineRig.Ann), MemberOf(MachineRig.Ben)]);

        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed("w"), [ClaimOf(MachineRig.Ann, ordinal: 2)]));
        rig.Now = 1_004_999;
        rig.Step(ChannelInput.Tick.Instance);
        Told(rig).ShouldBeEmpty();
        rig.Machine.Due.ShouldBe(1_005_000);

        rig.Now = 1_005_000;
        rig.Step(ChannelInput.Tick.Instance);
        Told(rig).ShouldBe(["Left 2"]);
        rig.Machine.Due.ShouldBeNull();
    }

    [Fact]
    public void A_member_from_before_the_process_that_says_bye_or_shows_something_else_is_told_so()
    {
        var rig = Remembering(until: 1_005_000);
        Listening(rig);
        rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed("w"), [ClaimOf(MachineRig.Ann, data: "busy")]));
        rig.Get<ChannelReply.Noted>(
            tag => new ChannelRequest.Withdraw(MachineRig.Name, tag, MachineRig.Ben, new PresenceStamp(new Attachment(1, 1), PresenceStamp.Final)));
        Told(rig).ShouldBe(["Changed 1", "Left 2"]);
    }

    [Fact]
    public void Members_from_before_the_process_whose_grace_is_over_are_not_shown()
    {
        var rig = Remembering(until: 1_000_000);
        Listening(rig).Roster!.Count.ShouldBe(0);
        rig.Machine.CanPassivate.ShouldBeFalse("a feed listens");
        Told(rig).ShouldBeEmpty();
    }

    [Fact]
    public void A_roster_in_parts_is_answered_after_the_last_one()
    {
        _rig.Restart();
        var feed = new SilentRef("feed-w");
        var first = _rig.Ask(tag => ListenWith(tag, new PresenceSnapshot([MemberOf(MachineRig.Ann)], 2, 40) { More = true }), feed);
        _rig.Reply(first).ShouldBeNull();
        var last = _rig.Ask(tag => ListenWith(tag, new PresenceSnapshot([MemberOf(MachineRig.Ben)], 2, 40)), feed);
        _rig.Reply(last).ShouldBeOfType<ChannelReply.Listening>().Roster!.Members!.Count.ShouldBe(2);

        static ChannelRequest ListenWith(long tag, PresenceSnapshot known) =>
            new ChannelRequest.Listen(MachineRig.Name, tag, MachineRig.Feed("w"), 2) { Known = known };
    }

    [Fact]
    public void A_new_owner_names_no_one_while_only_a_large_count_is_known()
    {
        var rig = new MachineRig(new NamespacePolicy("chat") { Presence = true, RosterLimit = 2 });
        rig.Listen("w", known: new PresenceSnapshot(null, 5, 40));
        rig.Replies.OfType<ChannelReply.Listening>().Last().Roster!.Count.ShouldBe(5);
        rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed("w"), [ClaimOf(MachineRig.Ann)]));
        var joined = rig.News.ShouldHaveSingleItem().News.ShouldBeOfType<ChannelNews.Presence>();
        (joined.Members.Count, joined.Count).ShouldBe((0, 5));

        rig.Now += (long)rig.Policy.UnclaimedGrace.TotalMilliseconds;
        rig.Step(ChannelInput.Tick.Instance);
        var settled = rig.News[^1].News.ShouldBeOfType<ChannelNews.Presence>();
        (settled.Members.Count, settled.Count, settled.Revision).ShouldBe((0, 1, joined.Revision + 1));
    }

    [Fact]
    public void A_roster_is_read_in_pages_in_the_order_of_sessions()
    {
        for (var i = 1; i <= 40; i++)
        {
            Claim("a", ClaimOf(new SessionId((UInt128)i), data: new string('x', 4000)));
        }

        var seen = new List<SessionId>();
        PresenceSnapshot page;
        do
        {
            page = _rig.Get<ChannelReply.RosterPage>(tag => new ChannelRequest.ReadRoster(MachineRig.Name, tag, seen.LastOrDefault())).Snapshot;
            page.Members!.Sum(member => member.Data.Length).ShouldBeLessThanOrEqualTo(PresenceRoster.PageBytes);
            seen.AddRange(page.Members!.Select(member => member.Session));
        }
        while (page.More);
        seen.ShouldBe(Enumerable.Range(1, 40).Select(i => new SessionId((UInt128)i)));
    }

    [Fact]
    public void Many_members_at_once_are_told_in_parts_with_a_revision_each()
    {
        Claim("a", [.. Enumerable.Range(1, 40).Select(i => ClaimOf(new SessionId((UInt128)i), data: new string('x', 4000)))]);
        var news = _rig.News.Where(sent => sent.To.Path.Name == "feed-w").Select(sent => sent.News).OfType<ChannelNews.Presence>().ToList();
        news.Count.ShouldBeGreaterThan(1);
        news.Sum(part => part.Members.Count).ShouldBe(40);
        news.Select(part => part.Revision).ShouldBe(Enumerable.Range(1, news.Count).Select(revision => (long)revision));
    }

    /// <summary>I10: what feeds are told adds up to the roster, revisions grow by one, and no session leaves and joins again while a feed claims it.</summary>
    [Fact]
    public void What_feeds_are_told_adds_up_to_the_roster_whatever_moves() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 119)).Resize(80).ToArbitrary(), steps =>
        {
            var rig = new MachineRig();
            rig.Listen("w");
            rig.Listen("a");
            rig.Listen("b");
            var heard = new Dictionary<SessionId, Member>();
            var newest = new Dictionary<SessionId, (PresenceStamp Stamp, bool IsHere)>();
            long revision = 0;
            rig.Sent = (to, message) =>
            {
                if (message is ChannelNews.Presence news && to.Path.Name == "feed-w")
                {
                    news.Revision.ShouldBe(++revision);
                    foreach (var member in news.Members)
                    {
                        var isLeft = news.Change is PresenceChange.Left;
                        (isLeft || news.Change is PresenceChange.Changed ? heard.ContainsKey(member.Session) : !heard.ContainsKey(member.Session)).ShouldBeTrue();
                        if (isLeft)
                        {
                            newest[member.Session].IsHere.ShouldBeFalse("a session left that its newest attachment claims");
                            heard.Remove(member.Session);
                        }
                        else
                        {
                            heard[member.Session] = member;
                        }
                    }

                    news.Count.ShouldBe(heard.Count, "all changes of one request together");
                }
            };
            foreach (var step in steps)
            {
                var session = new SessionId((UInt128)(step % 3) + 1);
                var node = step % 2 == 0 ? "a" : "b";
                var stamp = new PresenceStamp(new Attachment(1, (step / 6 % 4) + 1), (step / 24) + 1);
                var isNewest = !newest.TryGetValue(session, out var known) || stamp > known.Stamp;
                if (step % 5 == 0)
                {
                    newest[session] = isNewest || stamp == known.Stamp ? (stamp, false) : known;
                    rig.Ask(tag => new ChannelRequest.Withdraw(MachineRig.Name, tag, session, stamp));
                }
                else
                {
                    newest[session] = isNewest ? (stamp, true) : known;
                    rig.Ask(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(node), [ClaimOf(session, stamp)]));
                }
            }

            var roster = rig.Get<ChannelReply.RosterPage>(tag => new ChannelRequest.ReadRoster(MachineRig.Name, tag, default)).Snapshot;
            roster.Members!.Select(member => member.Session).ShouldBe(newest.Where(entry => entry.Value.IsHere).Select(entry => entry.Key).OrderBy(id => id.Value));
        }).QuickCheckThrowOnFailure();

    internal static Member MemberOf(SessionId session, string data = "here") => new(session, null, MachineRig.Text(data));

    internal static PresenceClaim ClaimOf(SessionId session, long ordinal = 1, long change = 1, string data = "here") =>
        new(MemberOf(session, data), new PresenceStamp(new Attachment(1, ordinal), change));

    private static PresenceClaim ClaimOf(SessionId session, PresenceStamp stamp) => new(MemberOf(session), stamp);

    /// <summary>Of a feed that listens.</summary>
    private void Claim(string node, params PresenceClaim[] claims)
    {
        if (!_rig.Listening.Contains(node))
        {
            _rig.Listen(node);
        }

        _rig.Get<ChannelReply.Noted>(tag => new ChannelRequest.Claim(MachineRig.Name, tag, MachineRig.Feed(node), claims));
    }

    private void Withdraw(SessionId session, long ordinal, long change = 2) => _rig.Get<ChannelReply.Noted>(
        tag => new ChannelRequest.Withdraw(MachineRig.Name, tag, session, new PresenceStamp(new Attachment(1, ordinal), change)));

    private void PassGrace()
    {
        _rig.Now += (long)_rig.Policy.UnclaimedGrace.TotalMilliseconds;
        _rig.Step(ChannelInput.Tick.Instance);
    }

    private static MachineRig Remembering(long until) =>
        new(remembered: new RememberedRoster([MemberOf(MachineRig.Ann), MemberOf(MachineRig.Ben)], until));

    private static ChannelReply.Listening Listening(MachineRig rig)
    {
        rig.Listen("w");
        return rig.Replies.OfType<ChannelReply.Listening>().Last();
    }

    private List<string> Told(string feed = "w") => Told(_rig, feed);

    private static List<string> Told(MachineRig rig, string feed = "w") => [.. rig.News
        .Where(sent => sent.To.Path.Name == "feed-" + feed)
        .Select(sent => sent.News).OfType<ChannelNews.Presence>()
        .Select(news => $"{news.Change} {string.Join(',', news.Members.Select(member => member.Session.Value))}")];
}
