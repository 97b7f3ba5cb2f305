using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>What a feed claims of its subscribers' sessions, and what its subscribers see of the roster.</summary>
[Collection(ActorSystems.Name)]
public sealed class FeedPresenceTests : FeedTestKit
{
    private static readonly NamespacePolicy Visible = new("chat") { Presence = true };

    [Fact]
    public void Subscribers_see_each_other_come_and_go_and_the_roster_when_they_come()
    {
        Start(Visible);
        var ann = Joined(Ann, presence: "here");
        var bob = Joined(Bob, presence: "too");
        Sessions().ShouldBe([Ann, Bob]);
        bob.Leave(withdraws: true);
        Channel.Settle();

        ann.Seen.ShouldBe(["roster", "joined", "joined", "left"]);
        bob.Seen.ShouldBe(["roster", "joined"]);
        Sessions().ShouldBe([Ann]);
    }

    [Fact]
    public void A_session_whose_connection_is_lost_stays_and_its_next_attachment_speaks_for_it()
    {
        Start(Visible);
        var watcher = Joined(new SessionId(9));
        var first = Joined(Ann, presence: "a", at: new Attachment(1, 1));
        var second = Joined(Ann, presence: "b", at: new Attachment(2, 1));
        first.Leave(withdraws: false);
        Channel.Settle();
        first.Tell(new FeedCommand.Leave(first.Subscriber, Withdraws: true));
        Channel.Settle();
        Sessions().ShouldBe([Ann]);

        second.Leave(withdraws: false);
        Channel.Settle();
        Sessions().ShouldBe([Ann], "the session may come back");
        watcher.Seen.ShouldBe(["roster", "joined"]);
        Channel.Asked.OfType<ChannelRequest.Claim>().SelectMany(claim => claim.Claims).Select(claim => claim.Stamp).ShouldBeInOrder();
    }

    [Fact]
    public void An_older_connection_that_unsubscribes_does_not_take_its_session_from_the_newer_one()
    {
        Start(Visible);
        var older = Joined(Ann, presence: "a", at: new Attachment(1, 1));
        Joined(Ann, presence: "b", at: new Attachment(1, 2));
        older.Leave(withdraws: true);
        Channel.Settle();

        Channel.Asked.OfType<ChannelRequest.Withdraw>().ShouldBeEmpty();
        Sessions().ShouldBe([Ann]);
    }

    [Fact]
    public void A_session_can_unsubscribe_and_subscribe_again_within_one_attachment()
    {
        Start(Visible);
        var client = Joined(Ann, presence: "a", at: new Attachment(1, 1));
        client.Leave(withdraws: true);
        client.Join(StartFrom.Live, "again");
        Channel.Settle();

        Sessions().ShouldBe([Ann]);
        var claims = Channel.Asked.OfType<ChannelRequest.Claim>().Select(claim => claim.Claims.Single().Stamp).ToList();
        var withdrawal = Channel.Asked.OfType<ChannelRequest.Withdraw>().Single().Stamp;
        claims[0].ShouldBeLessThan(withdrawal);
        claims[1].ShouldBeGreaterThan(withdrawal);
    }

    [Fact]
    public void Presence_can_be_changed_and_given_up_while_subscribed()
    {
        Start(Visible);
        var client = Joined(Ann, presence: "a");
        client.Tell(new FeedCommand.ShowPresence(client.Subscriber, new Member(Ann, null, ScriptedChannel.Text("b"))));
        Channel.Settle();
        Channel.Roster!.Members.Single().Data.ShouldBe(ScriptedChannel.Text("b"));
        client.Tell(new FeedCommand.ShowPresence(client.Subscriber, null));
        Channel.Settle();
        Sessions().ShouldBeEmpty();

        client.Leave(withdraws: true);
        Channel.Settle();
        Channel.Asked.OfType<ChannelRequest.Withdraw>().Count().ShouldBe(1);
    }

    [Fact]
    public void Statements_that_are_lost_are_repeated_and_a_repeat_does_not_bring_back_who_has_gone()
    {
        Start(Visible);
        var (ann, bob) = (Joined(Ann), Joined(Bob));
        bob.Tell(new FeedCommand.ShowPresence(bob.Subscriber, new Member(Bob, null, ScriptedChannel.Text("b"))));
        Channel.LoseRequest();
        ann.Tell(new FeedCommand.ShowPresence(ann.Subscriber, new Member(Ann, null, ScriptedChannel.Text("a"))));
        Channel.LoseRequest();
        ann.Tell(new FeedCommand.ShowPresence(ann.Subscriber, null));
        Channel.Settle();
        Seconds(3);
        Channel.Settle();

        Channel.Asked.OfType<ChannelRequest.Claim>().Count().ShouldBe(4);
        Sessions().ShouldBe([Bob]);
        Seconds(10);
        Channel.Unanswered.ShouldBe(0, "what is confirmed is not repeated");
    }

    [Fact]
    public void A_new_owner_is_told_the_roster_and_all_claims_and_subscribers_see_nothing_of_it()
    {
        Start(Visible);
        var ann = Joined(Ann, presence: "a");
        Joined(Bob, presence: "b");
        Joined(new SessionId(3), presence: "c");
        Channel.Asked.Clear();
        var seen = ann.Seen.Count;
        Channel.MoveOwner(tells: true);
        Channel.Settle();

        var known = Channel.Asked.OfType<ChannelRequest.Listen>().Single().Known!;
        (known.Revision, known.Members!.Count, known.More).ShouldBe((Channel.Roster!.Revision, 3, false));
        Channel.Asked.OfType<ChannelRequest.Claim>().SelectMany(claim => claim.Claims).Count().ShouldBe(3);
        ann.Seen.Count.ShouldBe(seen);
    }

    [Fact]
    public void A_roster_that_does_not_fit_in_one_page_is_read_in_pages_while_members_come_and_go()
    {
        Start(Visible, rosterPage: 3);
        Channel.Roster!.Claim([.. Enumerable.Range(10, 20).Select(ClaimOf)]);
        var client = Joining(Ann);
        Channel.Answer();
        Channel.Owner.Deliver();
        for (var i = 0; Channel.Unanswered > 0; i++)
        {
            Say(PresenceChange.Joined, Channel.Roster.Claim([ClaimOf(100 - i)]));
            var stamp = new PresenceStamp(new Attachment(2, 1), i);
            Say(PresenceChange.Left, Channel.Roster.Withdraw(new SessionId((UInt128)(10 + i)), stamp));
            Channel.Settle(requests: 1);
        }

        Channel.Settle();
        RosterOf(client).ShouldBe(Sessions());
        Channel.Asked.OfType<ChannelRequest.ReadRoster>().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_change_that_is_lost_makes_the_feed_read_the_roster_and_send_the_whole()
    {
        Start(Visible);
        var client = Joined(Ann);
        Joining(Bob, presence: "b");
        Channel.Answer();
        Channel.Owner.Lose();
        Channel.Settle();
        client.Seen.ShouldBe(["roster"]);
        Joined(new SessionId(3), presence: "c");

        client.Seen.ShouldBe(["roster", "roster"]);
        RosterOf(client).ShouldBe(Sessions());
    }

    [Fact]
    public void A_slow_reader_is_sent_the_whole_once_it_has_room()
    {
        Start(Visible);
        var (slow, quick) = (Joined(Ann, budget: 400), Joined(Bob, budget: 1_000_000));
        slow.Writer.Hold();
        for (var i = 1; i <= 20; i++)
        {
            Joined(new SessionId((UInt128)(100 + i)), presence: "here");
        }

        slow.Writer.Release();

        quick.Seen.ShouldBe(["roster", .. Enumerable.Repeat("joined", 20)]);
        slow.Seen.Count(seen => seen == "joined").ShouldBeLessThan(20);
        slow.Seen[^1].ShouldBe("roster");
        slow.PresenceFrames[^1].TryGetProperty("more", out _).ShouldBeFalse();
    }

    [Fact]
    public void Above_the_roster_limit_only_the_count_is_sent_and_once_a_second()
    {
        Start(Visible with { RosterLimit = 3 }, rosterPage: 100);
        var client = Joined(Ann);
        for (var i = 1; i <= 10; i++)
        {
            Joined(new SessionId((UInt128)(100 + i)), presence: "here");
        }

        client.Seen.ShouldBe(["roster", "joined", "joined", "joined"]);
        Seconds(1);

        client.Seen.Count.ShouldBe(5);
        client.PresenceFrames[^1].GetProperty("count").GetInt32().ShouldBe(10);
        client.PresenceFrames[^1].TryGetProperty("members", out _).ShouldBeFalse();
    }

    private static PresenceClaim ClaimOf(int session) => new(
        new Member(new SessionId((UInt128)session), null, ScriptedChannel.Text("x")), new PresenceStamp(new Attachment(1, 1), session));

    /// <summary>What the frames of presence add up to.</summary>
    private static List<SessionId> RosterOf(FeedClient client)
    {
        var here = new SortedSet<UInt128>();
        var (more, revision) = (false, -1L);
        foreach (var frame in client.PresenceFrames)
        {
            var type = frame.GetProperty("type").GetString();
            if (type == "roster" && !(more && revision == frame.GetProperty("rev").GetInt64()))
            {
                here.Clear();
            }

            (more, revision) = (frame.TryGetProperty("more", out _), frame.GetProperty("rev").GetInt64());
            foreach (var member in frame.GetProperty("members").EnumerateArray())
            {
                SessionId.TryParse(member.GetProperty("session").GetString(), out var session).ShouldBeTrue();
                _ = type == "left" ? here.Remove(session.Value) : here.Add(session.Value);
            }
        }

        return [.. here.Select(value => new SessionId(value))];
    }

    private void Say(PresenceChange change, IReadOnlyList<Member> members)
    {
        var roster = Channel.Roster!;
        Channel.Owner.Say(new ChannelNews.Presence(ScriptedChannel.Name, change, members, roster.Members.Count(), roster.Revision));
    }

    private List<SessionId> Sessions() => [.. Channel.Roster!.Members.Select(member => member.Session)];
}
