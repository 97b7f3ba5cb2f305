using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Namespaces;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>What the application does to the subscriptions of a session.</summary>
public sealed class MachineServerChangesTests
{
    private static readonly SessionId Id = MachineRig.Id;
    private readonly MachineRig _rig = new();
    private readonly Akka.Actor.IActorRef _connection = MachineRig.Connection();
    private readonly Akka.Actor.IActorRef _back = MachineRig.Connection("back");

    [Fact]
    public void A_session_that_is_attached_has_it_and_its_connection_is_told_until_it_confirms()
    {
        _rig.Open(_connection, MachineRig.Ann);

        Subscribe(MachineRig.Chat).ShouldBeOfType<SessionReply.Done>();

        var (to, news) = _rig.News.ShouldHaveSingleItem();
        (to, news).ShouldBe((_connection, new SessionNews.Subscribed(Id, new SessionSubscription(MachineRig.Chat, null, null, ByServer: true), "a game")));
        _rig.Machine.Subscriptions.ShouldHaveSingleItem().ByServer.ShouldBeTrue();
        _rig.Advance(TimeSpan.FromMilliseconds(2 * ServerChanges.Again));
        _rig.News.Count.ShouldBe(3, "it may have been lost");
        Put(new SessionSubscription(MachineRig.Chat, MachineRig.At(7), null, ByServer: true));
        _rig.Advance(TimeSpan.FromMilliseconds(3 * ServerChanges.Again));
        _rig.News.Count.ShouldBe(3);
        _rig.Machine.Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(MachineRig.At(7));
    }

    [Fact]
    public void It_is_said_once_and_answered_each_time()
    {
        _rig.Open(_connection);
        Subscribe(MachineRig.Chat);
        Put(new SessionSubscription(MachineRig.Chat, null, null, ByServer: true));

        Subscribe(MachineRig.Chat).ShouldBeOfType<SessionReply.Done>();

        _rig.News.Count.ShouldBe(1);
    }

    [Fact]
    public void A_session_without_a_connection_has_it_at_its_next()
    {
        _rig.OpenAndWrite(_connection);
        _rig.Detach(_connection);

        Subscribe(MachineRig.Other).ShouldBeOfType<SessionReply.Done>();
        Unsubscribe(MachineRig.Chat).ShouldBeOfType<SessionReply.Done>();

        _rig.News.ShouldBeEmpty();
        _rig.Attach(_back).ShouldBeOfType<SessionReply.Attached>().Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(MachineRig.Other);
        _rig.Advance(TimeSpan.FromMilliseconds(2 * ServerChanges.Again));
        _rig.News.ShouldBeEmpty("the answer has said it");
    }

    [Fact]
    public void A_position_is_where_the_stream_goes_on()
    {
        _rig.Open(_connection);
        _rig.Answer(_back, tag => new SessionRequest.SubscribeByServer(Id, tag, MachineRig.Chat, MachineRig.At(4)));

        _rig.Machine.Subscriptions.ShouldHaveSingleItem().Position.ShouldBe(MachineRig.At(4));
    }

    [Fact]
    public void What_the_client_had_subscribed_becomes_the_applications_and_keeps_its_place()
    {
        _rig.Open(_connection);
        _rig.Subscribe(_connection, MachineRig.Chat, "here", 9);

        Subscribe(MachineRig.Chat);
        Put(new SessionSubscription(MachineRig.Chat, MachineRig.At(9), MachineRig.Text("here")));

        _rig.Machine.Subscriptions.ShouldHaveSingleItem().ShouldBe(new SessionSubscription(MachineRig.Chat, MachineRig.At(9), MachineRig.Text("here"), ByServer: true));
    }

    [Fact]
    public void What_the_application_ends_is_not_brought_back_by_a_word_that_was_on_its_way()
    {
        _rig.Open(_connection);
        _rig.Subscribe(_connection, MachineRig.Chat);

        Unsubscribe(MachineRig.Chat);
        Put(new SessionSubscription(MachineRig.Chat, MachineRig.At(1), null));
        _rig.Machine.Subscriptions.ShouldBeEmpty();
        _rig.News.ShouldHaveSingleItem().News.ShouldBe(new SessionNews.Unsubscribed(Id, MachineRig.Chat, "enough"));

        _rig.Answer(_connection, tag => new SessionRequest.RemoveSubscription(Id, tag, MachineRig.Chat));
        _rig.Advance(TimeSpan.FromMilliseconds(2 * ServerChanges.Again));
        _rig.News.Count.ShouldBe(1);
        Put(new SessionSubscription(MachineRig.Chat, MachineRig.At(1), null));
        _rig.Machine.Subscriptions.Count.ShouldBe(1, "the client has subscribed anew");
    }

    [Fact]
    public void A_connection_that_attaches_again_does_not_undo_what_it_has_not_heard()
    {
        var attached = _rig.Open(_connection);
        _rig.Subscribe(_connection, MachineRig.Chat);
        Subscribe(MachineRig.Other);
        Unsubscribe(MachineRig.Chat);
        _rig.News.Clear();

        _rig.Attach(_connection, held: new HeldSession(attached.Attachment, [new SessionSubscription(MachineRig.Chat, MachineRig.At(3), null)]));

        _rig.Machine.Subscriptions.ShouldHaveSingleItem().Channel.ShouldBe(MachineRig.Other);
        _rig.Advance(TimeSpan.FromMilliseconds(ServerChanges.Again));
        _rig.News.Select(told => told.News.GetType()).ShouldBe([typeof(SessionNews.Subscribed), typeof(SessionNews.Unsubscribed)], ignoreOrder: true);
    }

    [Fact]
    public void A_session_that_was_read_back_says_again_what_the_connection_does_not_have()
    {
        var attached = _rig.OpenAndWrite(_connection);
        Subscribe(MachineRig.Other);
        _rig.Advance(_rig.Policy.WriteBehind);
        _rig.Recover();
        _rig.Commit();
        _rig.News.Clear();

        _rig.ReloadAndAttach(_connection, held: new HeldSession(attached.Attachment, [new SessionSubscription(MachineRig.Chat, MachineRig.At(3), null)]));

        _rig.Machine.Subscriptions.Select(item => item.Channel).ShouldBe([MachineRig.Chat, MachineRig.Other]);
        _rig.News.ShouldHaveSingleItem().News.ShouldBeOfType<SessionNews.Subscribed>().Subscription.Channel.ShouldBe(MachineRig.Other);
    }

    [Theory]
    [InlineData("@bob", ErrorCode.Forbidden)]
    [InlineData("~calls:1", ErrorCode.Forbidden)]
    [InlineData("~session:1", ErrorCode.Forbidden)]
    [InlineData("@ann", null)]
    [InlineData("$vip", null)]
    public void What_is_anothers_is_refused(string channel, ErrorCode? code)
    {
        _rig.Open(_connection, MachineRig.Ann);

        var reply = Subscribe(ChannelName.Parse(channel));

        (reply is SessionReply.Done, (reply as SessionReply.Refused)?.Code).ShouldBe((code is null, code));
    }

    [Fact]
    public void The_channel_of_the_session_itself_is_its_own()
    {
        _rig.Open(_connection);

        Subscribe(ServerLogs.Channel(ServerLogs.Session, Id.ToString())).ShouldBeOfType<SessionReply.Done>();
    }

    [Fact]
    public void A_session_has_so_many_and_no_more()
    {
        var rig = new MachineRig(new SessionPolicy { Subscriptions = 1 });
        rig.Open(_connection);
        rig.Answer(_back, tag => new SessionRequest.SubscribeByServer(Id, tag, MachineRig.Chat));

        rig.Answer(_back, tag => new SessionRequest.SubscribeByServer(Id, tag, MachineRig.Other)).ShouldBeOfType<SessionReply.Refused>().Code.ShouldBe(ErrorCode.TooMany);
    }

    [Fact]
    public void A_session_that_is_not_there_is_unknown()
    {
        var subscribe = _rig.Ask(_back, tag => new SessionRequest.SubscribeByServer(Id, tag, MachineRig.Chat));
        var unsubscribe = _rig.Ask(_back, tag => new SessionRequest.UnsubscribeByServer(Id, tag, MachineRig.Chat));
        _rig.Recover();

        _rig.Answers[subscribe].ShouldBeOfType<SessionReply.Unknown>();
        _rig.Answers[unsubscribe].ShouldBeOfType<SessionReply.Unknown>();
    }

    private SessionReply Subscribe(ChannelName channel) => _rig.Answer(_back, tag => new SessionRequest.SubscribeByServer(Id, tag, channel, null, "a game"));

    private SessionReply Unsubscribe(ChannelName channel) => _rig.Answer(_back, tag => new SessionRequest.UnsubscribeByServer(Id, tag, channel, "enough"));

    private void Put(SessionSubscription subscription) =>
        _rig.Answer(_connection, tag => new SessionRequest.PutSubscription(Id, tag, subscription)).ShouldBeOfType<SessionReply.Done>();
}
