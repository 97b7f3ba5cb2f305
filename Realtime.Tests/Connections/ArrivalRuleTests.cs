using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What a connection makes of how it was let in, and of being asked to go.</summary>
public sealed class ArrivalRuleTests : IArrivals
{
    private int _room = 1;

    public int CrashWindow => 7_000;

    public IReadOnlyList<string> Others => ["ws://n2.test/v1/connect"];

    public bool TryConvert() => _room-- > 0;

    [Fact]
    public void A_hello_bears_out_that_the_client_comes_back()
    {
        _room = 0;
        var back = new ConnectionRig(arrivals: this, claimsResume: true);
        back.Come(new ClientFrame.Hello(1) { Session = back.Setup.ResumeTokens.Issue(new SessionId(5)) });
        back.SessionQuestions.ShouldHaveSingleItem().Session.ShouldBe(new SessionId(5));

        var newcomer = new ConnectionRig(arrivals: this);
        newcomer.Come(new ClientFrame.Hello(1));
        newcomer.SessionQuestions.ShouldHaveSingleItem("it never claimed to");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("forged")]
    public void One_that_does_not_is_a_newcomer_for_whom_there_is_room_or_not(string? session)
    {
        var first = new ConnectionRig(arrivals: this, claimsResume: true);
        first.Come(new ClientFrame.Hello(1) { Session = session });
        first.SessionQuestions.ShouldHaveSingleItem();

        var second = new ConnectionRig(arrivals: this, claimsResume: true);
        second.Come(new ClientFrame.Hello(1) { Session = session });
        second.Closed(CloseCode.Overloaded);
        second.Goodbye!.Reconnect.ShouldBe(new ReconnectAdvice(0, 7_000));
    }

    [Fact]
    public void A_client_is_asked_to_go_once_it_is_welcome_and_never_while_it_closes()
    {
        var rig = new ConnectionRig();
        var move = new ServerFrame.Move("ws://there.test", "t", 0, 1000, MoveReason.Drain);
        rig.Step(new ConnectionInput.MoveRequested(move));
        rig.Sent.ShouldBeEmpty();

        rig.Welcome();
        rig.Step(new ConnectionInput.MoveRequested(move));
        rig.Take<ServerFrame.Move>().ShouldBe(move);

        rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        rig.Step(new ConnectionInput.CloseRequested(CloseCode.Superseded));
        rig.Step(new ConnectionInput.MoveRequested(move));
        rig.Sent.ShouldBeEmpty();
    }

    /// <summary>The new connection stands before the old one goes.</summary>
    [Fact]
    public void A_client_that_was_asked_to_go_is_served_until_it_leaves()
    {
        var rig = new ConnectionRig();
        rig.Welcome();
        rig.Step(new ConnectionInput.MoveRequested(new ServerFrame.Move("ws://there.test", "t", 0, 1000, MoveReason.Drain)));
        rig.Take<ServerFrame.Move>();

        rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        rig.ChannelAnswers(new ChannelReply.Published(0, ConnectionRig.Head));

        rig.Take<ServerFrame.PublishReply>().Id.ShouldBe(2);
        rig.Goodbye.ShouldBeNull();
    }
}
