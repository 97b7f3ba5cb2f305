using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>Grants of the token open what the namespace does not; when they go, what they opened is closed.</summary>
public sealed class GrantTests
{
    private static readonly ChannelName Shut = ChannelName.Parse("shut:1");
    private static readonly ChannelGrants Reading = Grants(ChannelRights.Subscribe | ChannelRights.Presence);
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void Each_request_needs_its_own_right()
    {
        Come(Grants(ChannelRights.Subscribe));
        Subscribe().SeesPresence.ShouldBeFalse();

        _rig.Come(new ClientFrame.History(3, Shut));
        _rig.Refused(3, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Presence(4, Shut));
        _rig.Refused(4, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Publish(5, Shut, ConnectionRig.Text("a")));
        _rig.Refused(5, ErrorCode.Forbidden);
        _rig.ChannelQuestions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ChannelRights.Subscribe, false)]
    [InlineData(ChannelRights.Subscribe | ChannelRights.History, true)]
    public void To_begin_before_now_is_to_read_history(ChannelRights rights, bool may)
    {
        Come(Grants(rights));
        foreach (var from in (StartFrom[])[StartFrom.Start, new StartFrom.Last(5), new StartFrom.Ago(60)])
        {
            _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(Shut) { From = from }));
            if (may)
            {
                _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(from);
                return;
            }

            _rig.Refused(2, ErrorCode.Forbidden);
        }

        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(Shut) { From = new StartFrom.At(ConnectionRig.Head) }));
        _rig.Joins.ShouldHaveSingleItem().From.ShouldBe(new StartFrom.At(ConnectionRig.Head), "a client that comes back has a position");
    }

    [Fact]
    public void A_refresh_with_fewer_grants_unsubscribes()
    {
        Come(Reading);
        Subscribe();
        _rig.Subscribe(ConnectionRig.Chat, 51);
        _rig.SessionHasAll();

        Refresh(ChannelGrants.None);

        _rig.Left.ShouldBe([Shut]);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>().Channel.ShouldBe(Shut);
        _rig.Step(new ConnectionInput.Left(Shut));
        _rig.Take<ServerFrame.Unsubscribed>().ShouldBe(new ServerFrame.Unsubscribed(Shut, null, "forbidden"));
        _rig.Come(new ClientFrame.Subscribe(9, new SubscriptionRequest(Shut)));
        _rig.Refused(9, ErrorCode.Forbidden);
    }

    [Fact]
    public void A_refresh_that_takes_presence_away_stops_the_telling_and_one_that_gives_it_begins_anew()
    {
        Come(Reading);
        Subscribe().SeesPresence.ShouldBeTrue();

        Refresh(Grants(ChannelRights.Subscribe));
        _rig.Seeing.ShouldBe([new ConnectionEffect.SeePresence(Shut, false)]);
        Refresh(Grants(ChannelRights.Subscribe));
        _rig.Seeing.Count.ShouldBe(1);
        Refresh(Reading);
        _rig.Seeing[^1].Sees.ShouldBeTrue();
        _rig.Left.ShouldBeEmpty();
    }

    [Fact]
    public void A_right_that_goes_while_the_channel_is_joined_lets_nothing_out()
    {
        Come(Reading);
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(Shut)));
        Refresh(ChannelGrants.None);
        _rig.FeedJoins(Shut);
        _rig.Begun.ShouldBeEmpty();
        _rig.Left.ShouldBe([Shut]);

        _rig.Step(new ConnectionInput.Left(Shut));

        _rig.Refused(2, ErrorCode.Forbidden);
        _rig.SessionWords.OfType<SessionRequest.PutSubscription>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_resume_after_the_right_is_gone_replays_nothing(bool asksAgain)
    {
        _rig.Come(new ClientFrame.Hello(1)
        {
            Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)),
            Positions = [new ChannelPosition(Shut, ConnectionRig.Head)],
            Subscriptions = asksAgain ? [new SubscriptionRequest(Shut) { From = StartFrom.Start }] : [],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 2), new SessionIdentity(new UserId("ann"), null))
        {
            Subscriptions = [new SessionSubscription(Shut, ConnectionRig.Head, null)],
        });

        _rig.Joins.ShouldHaveSingleItem().Channel.ShouldBe(ChannelName.Parse("@ann"));
        _rig.FeedJoins(ChannelName.Parse("@ann"));
        _rig.Sent.OfType<ServerFrame.Unsubscribed>().ShouldHaveSingleItem().ShouldBe(new ServerFrame.Unsubscribed(Shut, null, "forbidden"));
        _rig.SessionWords.OfType<SessionRequest.RemoveSubscription>().ShouldHaveSingleItem().Channel.ShouldBe(Shut);
    }

    private static ChannelGrants Grants(ChannelRights rights) => new([new ChannelGrant("shut:*", rights)]);

    private void Come(ChannelGrants grants)
    {
        _rig.Come(new ClientFrame.Hello(1) { Token = "ann" });
        _rig.SessionAnswers(new SessionReply.Attached(0, ConnectionRig.Attachment, new SessionIdentity(new UserId("ann"), null) { Grants = grants }));
        _rig.FeedJoins(_rig.Joins.ShouldHaveSingleItem().Channel);
        _rig.Joins.Clear();
        _rig.Take<ServerFrame.Welcome>();
        _rig.SessionHasAll();
        _rig.Begun.Clear();
    }

    private ConnectionEffect.Join Subscribe()
    {
        _rig.Come(new ClientFrame.Subscribe(50, new SubscriptionRequest(Shut)));
        var join = _rig.Joins.ShouldHaveSingleItem();
        _rig.Joins.Clear();
        _rig.FeedJoins(Shut);
        _rig.Take<ServerFrame.SubscribeReply>();
        _rig.SessionHasAll();
        return join;
    }

    private void Refresh(ChannelGrants grants)
    {
        _rig.Grants = grants;
        _rig.Come(new ClientFrame.Refresh(60, "ann", null));
        _rig.SessionAnswers(new SessionReply.Done(0));
        _rig.Take<ServerFrame.RefreshReply>();
    }
}
