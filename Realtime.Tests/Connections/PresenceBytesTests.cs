using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Connections;

/// <summary>What a session may say of itself, and how much of what others said goes into one answer.</summary>
public sealed class PresenceBytesTests
{
    private static readonly Payload TooLarge = ConnectionRig.Text(new string('x', 4095));
    private static readonly Payload Largest = ConnectionRig.Text(new string('x', 4094));

    private readonly ConnectionRig _rig = new();

    [Fact]
    public void A_presence_within_the_limit_is_taken_and_one_byte_more_is_refused_with_the_field_named()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(ConnectionRig.Chat) { Presence = TooLarge }));
        _rig.Refused(2, ErrorCode.TooLarge).Text.ShouldBe("subscribe.presence is 4097 bytes, 4096 are allowed");
        _rig.Joins.ShouldBeEmpty();

        _rig.Come(new ClientFrame.Subscribe(3, new SubscriptionRequest(ConnectionRig.Chat) { Presence = Largest }));
        _rig.FeedJoins(ConnectionRig.Chat);
        _rig.Take<ServerFrame.SubscribeReply>();
        _rig.SessionWords.Clear();

        _rig.Come(new ClientFrame.Subscribe(4, new SubscriptionRequest(ConnectionRig.Chat) { Presence = TooLarge }));
        _rig.Refused(4, ErrorCode.TooLarge).Text.ShouldStartWith("subscribe.presence ");
        _rig.Come(new ClientFrame.Update(5, ConnectionRig.Chat, TooLarge));
        _rig.Refused(5, ErrorCode.TooLarge).Text.ShouldStartWith("update.presence ");
        _rig.SessionWords.ShouldBeEmpty();
    }

    [Fact]
    public void A_hello_is_told_which_of_its_subscriptions_was_not_taken()
    {
        var other = ChannelName.Parse("chat:other");
        _rig.Come(new ClientFrame.Hello(1)
        {
            Subscriptions =
            [
                new SubscriptionRequest(other), new SubscriptionRequest(ConnectionRig.Chat) { Presence = TooLarge },
            ],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 4), null));
        _rig.Joins.ShouldHaveSingleItem().Channel.ShouldBe(other);
        _rig.FeedJoins(other);

        _rig.Sent.Count.ShouldBe(3);
        _rig.Sent[0].ShouldBeOfType<ServerFrame.Welcome>().Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(other);
        var gone = _rig.Sent[1].ShouldBeOfType<ServerFrame.Unsubscribed>();
        (gone.Channel, gone.Reason).ShouldBe((ConnectionRig.Chat, "too_large"));
        var error = _rig.Sent[2].ShouldBeOfType<ServerFrame.Error>();
        (error.Id, error.Code).ShouldBe((0, ErrorCode.TooLarge));
        error.Text.ShouldStartWith("hello.subscriptions[1].presence ");
    }

    [Fact]
    public void Members_go_with_the_reply_while_there_is_room_and_follow_it_otherwise()
    {
        _rig.Welcome();
        _rig.HasRoom = false;
        var withMembers = 0;
        for (var i = 0; i < 40; i++)
        {
            var channel = ChannelName.Parse($"chat:{i}");
            _rig.Come(new ClientFrame.Subscribe(2 + i, new SubscriptionRequest(channel)));
            _rig.Step(Joined(channel, members: 5));
            var presence = _rig.Take<ServerFrame.SubscribeReply>().Info.Presence.ShouldNotBeNull();
            (presence.Count, presence.More).ShouldBe((5, presence.Members is null));
            withMembers += presence.Members is null ? 0 : 1;
        }

        // 5 members of 4 KiB each: 20 KiB a reply, and half of the queue of 256 KiB is for them.
        withMembers.ShouldBe(6);
        _rig.RostersDue.Count.ShouldBe(34);

        _rig.GiveRoom();
        _rig.Come(new ClientFrame.Subscribe(99, new SubscriptionRequest(ConnectionRig.Chat)));
        _rig.Step(Joined(ConnectionRig.Chat, members: 5));
        _rig.Take<ServerFrame.SubscribeReply>().Info.Presence!.Members.ShouldNotBeNull();
    }

    [Fact]
    public void A_roster_larger_than_one_answer_follows_also_when_a_subscribe_is_repeated()
    {
        _rig.Welcome();
        _rig.Subscribe(ConnectionRig.Chat);
        _rig.Come(new ClientFrame.Subscribe(60, new SubscriptionRequest(ConnectionRig.Chat)));

        _rig.Step(new ConnectionInput.Described(_rig.Descriptions[0].Tag, Joined(ConnectionRig.Chat, members: 30).Info));

        var info = _rig.Take<ServerFrame.SubscribeReply>().Info;
        (info.Already, info.Presence!.Members, info.Presence.More).ShouldBe((true, null, true));
        _rig.RostersDue.ShouldBe([ConnectionRig.Chat]);
    }

    [Fact]
    public void Who_is_here_is_asked_for_in_parts_that_make_the_whole()
    {
        _rig.Welcome();
        var whole = Snapshot(100);
        var got = new List<SessionId>();
        var after = default(SessionId);
        for (var (id, more) = (2, true); more; id++)
        {
            _rig.Come(new ClientFrame.Presence(id, ConnectionRig.Chat, after));
            var asked = _rig.ChannelQuestions[0];
            _rig.ChannelAnswers(new ChannelReply.RosterPage(0, RosterPart.Of(whole, after, 1_000_000)));
            var part = _rig.Take<ServerFrame.PresenceReply>().Presence;
            (part.Count, part.Revision).ShouldBe((100, 9));
            part.Members!.Sum(RosterPart.BytesOf).ShouldBeLessThanOrEqualTo(_rig.Policy.AnswerBytes);
            ((ChannelRequest.ReadRoster)asked).After.ShouldBe(after);
            got.AddRange(part.Members!.Select(member => member.Session));
            (after, more) = (got[^1], part.More);
        }

        got.ShouldBe(whole.Members!.Select(member => member.Session), ignoreOrder: true);
    }

    [Fact]
    public void A_part_has_one_member_at_least_and_a_small_roster_is_one_part_as_it_is()
    {
        var whole = Snapshot(3);
        RosterPart.Of(whole, default, 100_000).ShouldBeSameAs(whole);

        var part = RosterPart.Of(whole, default, 10);

        (part.Members!.Count, part.More).ShouldBe((1, true));
    }

    private static ConnectionInput.Joined Joined(ChannelName channel, int members) =>
        new(channel, new SubscriptionInfo(channel, ConnectionRig.Head, ConnectionRig.Head) { Presence = Snapshot(members) });

    private static PresenceSnapshot Snapshot(int members) => new(
        [.. Enumerable.Range(1, members).Select(i => new Member(new SessionId((UInt128)i), null, Largest))], members, 9);
}
