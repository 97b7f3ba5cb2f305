using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Next.Channels;
using Realtime.Messages.Next.Sessions;
using Realtime.Node.Next.Connections.Core;

namespace Realtime.Tests.Next.Connections;

/// <summary>What a connection makes of how it was let in, and of being asked to go.</summary>
public sealed class ArrivalRuleTests : IArrivals
{
    private readonly List<ConnectionEffect> _effects = [];
    private int _room = 1;

    public int CrashWindow => 7_000;

    public bool TryConvert() => _room-- > 0;

    [Fact]
    public void A_hello_bears_out_that_the_client_comes_back()
    {
        var rig = new ConnectionRig();
        _room = 0;

        Hello(rig, rig.Setup.ResumeTokens.Issue(new SessionId(5)), claims: true).ShouldBeOfType<ConnectionEffect.AskSession>().Session.ShouldBe(new SessionId(5));
        Hello(rig, null, claims: false).ShouldBeOfType<ConnectionEffect.AskSession>("it never claimed to");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("forged")]
    public void One_that_does_not_is_a_newcomer_for_whom_there_is_room_or_not(string? session)
    {
        var rig = new ConnectionRig();

        Hello(rig, session, claims: true).ShouldBeOfType<ConnectionEffect.AskSession>();
        var goodbye = Hello(rig, session, claims: true).ShouldBeOfType<ConnectionEffect.Close>().Goodbye;
        goodbye.Code.ShouldBe(CloseCode.Overloaded);
        goodbye.Reconnect.ShouldBe(new ReconnectAdvice(0, 7_000));
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

    private ConnectionEffect Hello(ConnectionRig rig, string? session, bool claims)
    {
        var now = new Moment(1, DateTimeOffset.UnixEpoch);
        var machine = new ConnectionMachine(rig.Setup with { Arrivals = this }, new ConnectionId(1), ConnectionRig.Fresh, now, claims);
        _effects.Clear();
        machine.Step(new ConnectionInput.FrameReceived(new ClientFrame.Hello(1) { Session = session }), now, _effects);
        return _effects.ShouldHaveSingleItem();
    }
}
