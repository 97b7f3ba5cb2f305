using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>Channels that begin with <c>$</c>: in with a token, out when it is over.</summary>
public sealed class SubscriptionTokenTests
{
    private static readonly ChannelName Vip = ChannelName.Parse("$chat:vip");
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void Without_a_token_nobody_comes_in()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(Vip)));
        _rig.Refused(2, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Subscribe(3, new SubscriptionRequest(Vip) { Token = "forged" }));
        _rig.Refused(3, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Subscribe(4, new SubscriptionRequest(Vip) { Token = "40000" }));
        _rig.Refused(4, ErrorCode.TokenExpired);
        _rig.Come(new ClientFrame.History(5, Vip));
        _rig.Refused(5, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Publish(6, Vip, ConnectionRig.Text("a")));
        _rig.Refused(6, ErrorCode.Forbidden);
        _rig.Joins.ShouldBeEmpty();
    }

    [Fact]
    public void With_one_a_session_does_all_that_the_namespace_lets_it_and_remembers_until_when()
    {
        _rig.Welcome();
        Subscribe("60000");

        _rig.SessionWords.OfType<SessionRequest.PutSubscription>().ShouldHaveSingleItem().Subscription.TokenUntil.ShouldBe(ConnectionRig.Born + 60_000);
        _rig.Machine.TokenEnds.ShouldBe(ConnectionRig.Born + 60_000);
        _rig.Come(new ClientFrame.History(5, Vip));
        _rig.Come(new ClientFrame.Publish(6, Vip, ConnectionRig.Text("a")));
        _rig.Sent.ShouldBeEmpty();
        _rig.ChannelQuestions.Count.ShouldBe(2);
    }

    [Fact]
    public void When_the_token_is_over_the_server_unsubscribes_and_only_then_says_so()
    {
        _rig.Welcome();
        Subscribe("60000");
        _rig.SessionHasAll();

        _rig.Pass(9_999);
        _rig.Left.ShouldBeEmpty();
        _rig.Pass(1);

        _rig.Left.ShouldBe([Vip]);
        _rig.Withdrawn.ShouldBe([Vip]);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>();
        _rig.Sent.ShouldBeEmpty("messages may be on their way");
        _rig.Machine.TokenEnds.ShouldBe(long.MaxValue);

        _rig.Step(new ConnectionInput.Left(Vip));
        _rig.Take<ServerFrame.Unsubscribed>().ShouldBe(new ServerFrame.Unsubscribed(Vip, null, "token_expired"));
        _rig.Goodbye.ShouldBeNull("the session's own token is another");
    }

    [Fact]
    public void A_refresh_of_the_channel_keeps_it()
    {
        _rig.Welcome();
        Subscribe("60000");
        _rig.SessionHasAll();

        _rig.Come(new ClientFrame.Refresh(7, "90000", Vip));
        _rig.Take<ServerFrame.RefreshReply>().ShouldBe(new ServerFrame.RefreshReply(7, ConnectionRig.Born + 90_000));
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.PutSubscription>().Subscription.TokenUntil.ShouldBe(ConnectionRig.Born + 90_000);
        _rig.Pass(10_000);
        _rig.Left.ShouldBeEmpty();
        _rig.Pass(30_000);
        _rig.Left.ShouldBe([Vip]);
    }

    [Fact]
    public void A_refresh_that_is_refused_or_for_another_channel_changes_nothing()
    {
        _rig.Welcome();
        Subscribe("60000");

        _rig.Come(new ClientFrame.Refresh(7, "forged", Vip));
        _rig.Refused(7, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Refresh(8, "90000", ChannelName.Parse("$chat:other")));
        _rig.Refused(8, ErrorCode.NotSubscribed);
        _rig.Pass(10_000);
        _rig.Left.ShouldBe([Vip]);
    }

    [Fact]
    public void A_repeated_subscribe_brings_a_new_token_as_well()
    {
        _rig.Welcome();
        Subscribe("60000");

        _rig.Come(new ClientFrame.Subscribe(8, new SubscriptionRequest(Vip) { Token = "forged" }));
        _rig.Refused(8, ErrorCode.Forbidden);
        _rig.Come(new ClientFrame.Subscribe(9, new SubscriptionRequest(Vip) { Token = "90000" }));
        _rig.Descriptions.Count.ShouldBe(1);
        _rig.Pass(10_000);
        _rig.Left.ShouldBeEmpty();
    }

    [Fact]
    public void A_token_that_ends_while_the_channel_is_joined_lets_nothing_out()
    {
        _rig.Welcome();
        _rig.Come(new ClientFrame.Subscribe(2, new SubscriptionRequest(Vip) { Token = "50100" }));
        _rig.Pass(200);
        _rig.FeedJoins(Vip);

        _rig.Begun.ShouldBeEmpty();
        _rig.Left.ShouldBe([Vip]);
        _rig.Step(new ConnectionInput.Left(Vip));
        _rig.Refused(2, ErrorCode.Forbidden);
    }

    [Theory]
    [InlineData(null, null, "token_expired")]
    [InlineData(60_000L, null, null)]
    [InlineData(40_000L, null, "token_expired")]
    [InlineData(40_000L, "60000", null)]
    [InlineData(60_000L, "forged", "forbidden")]
    public void A_resume_needs_a_token_that_counts(long? stored, string? token, string? lost)
    {
        _rig.Come(new ClientFrame.Hello(1)
        {
            Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)),
            Subscriptions = token is null ? [] : [new SubscriptionRequest(Vip) { Token = token }],
        });
        _rig.SessionAnswers(new SessionReply.Attached(0, new Attachment(1, 2), null)
        {
            Subscriptions = [new SessionSubscription(Vip, ConnectionRig.Head, null) { TokenUntil = stored is null ? ConnectionRig.Born : ConnectionRig.Born + stored }],
        });
        if (lost is null)
        {
            _rig.FeedJoins(_rig.Joins.ShouldHaveSingleItem().Channel);
            _rig.Take<ServerFrame.Welcome>().Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(Vip);
            _rig.Machine.TokenEnds.ShouldBe(ConnectionRig.Born + 60_000);
            _rig.SessionWords.OfType<SessionRequest.PutSubscription>().Count().ShouldBe(token is null ? 0 : 1, "the session is to know the new end");
            return;
        }

        _rig.Joins.ShouldBeEmpty("not a message is replayed");
        _rig.Sent.OfType<ServerFrame.Welcome>().ShouldHaveSingleItem().Subscriptions.ShouldBeEmpty();
        _rig.Sent.OfType<ServerFrame.Unsubscribed>().ShouldHaveSingleItem().Reason.ShouldBe(lost);
        _rig.SessionWords.ShouldHaveSingleItem().ShouldBeOfType<SessionRequest.RemoveSubscription>();
    }

    private void Subscribe(string token)
    {
        _rig.Come(new ClientFrame.Subscribe(50, new SubscriptionRequest(Vip) { Token = token }));
        _rig.Joins.RemoveAll(join => join.Channel == Vip).ShouldBe(1);
        _rig.FeedJoins(Vip);
        _rig.Take<ServerFrame.SubscribeReply>();
    }
}
