using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Connections;

/// <summary>A hello that comes when its session has a newer connection, or is gone.</summary>
public sealed class LateGreetingTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void A_hello_that_its_client_has_given_up_for_a_newer_one_takes_nothing_over()
    {
        _rig.Come(new ClientFrame.Hello(4) { Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)), Attempt = 12 });
        _rig.SessionQuestions.ShouldHaveSingleItem().Request.ShouldBeOfType<SessionRequest.Attach>().Attempt.ShouldBe(12);

        _rig.SessionAnswers(new SessionReply.Stale());

        _rig.Closed(CloseCode.Superseded);
    }

    [Fact]
    public void A_lost_session_is_asked_whether_it_is_still_seen_where_its_client_has_read()
    {
        var plain = ChannelName.Parse("news:a");
        _rig.Come(new ClientFrame.Hello(4)
        {
            Session = _rig.Setup.ResumeTokens.Issue(new SessionId(33)),
            Positions = [new(ConnectionRig.Chat, ConnectionRig.Head), new(plain, ConnectionRig.Head)],
        });

        _rig.SessionAnswers(new SessionReply.Unknown());

        _rig.SessionWords.ShouldBe([new SessionRequest.Probe(ConnectionRig.Chat)]);
        _rig.SessionQuestions.ShouldHaveSingleItem().Session.ShouldBe(ConnectionRig.Fresh);
    }
}
