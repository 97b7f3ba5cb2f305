using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>A client that asks for many pages: they are read a few at a time, as fast as it reads them.</summary>
public sealed class LargeAnswerTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public void Two_pages_are_read_at_once_and_the_others_follow_in_their_order()
    {
        _rig.Welcome();
        AskForPages(10);
        _rig.ChannelQuestions.Count.ShouldBe(2);

        var answered = new List<long>();
        while (_rig.ChannelQuestions.Count > 0)
        {
            _rig.ChannelAnswers(Page());
            answered.Add(_rig.Take<ServerFrame.HistoryReply>().Id);
            _rig.ChannelQuestions.Count.ShouldBeLessThanOrEqualTo(2);
        }

        answered.ShouldBe(Enumerable.Range(2, 10).Select(id => (long)id));
    }

    [Fact]
    public void Nothing_is_read_for_a_client_that_does_not_read()
    {
        _rig.Welcome();
        _rig.HasRoom = false;
        AskForPages(10);
        _rig.ChannelQuestions.ShouldBeEmpty();

        _rig.GiveRoom();
        _rig.ChannelQuestions.Count.ShouldBe(1);
        _rig.ChannelAnswers(Page());
        _rig.ChannelQuestions.ShouldBeEmpty("the answer has to find its way first");
        _rig.AwaitsRoom.ShouldBeTrue();
    }

    [Fact]
    public void Small_requests_do_not_wait_behind_large_ones()
    {
        _rig.Welcome();
        _rig.HasRoom = false;
        AskForPages(10);

        _rig.Come(new ClientFrame.Publish(50, ConnectionRig.Chat, ConnectionRig.Text("a")));

        _rig.ChannelQuestions.ShouldHaveSingleItem().ShouldBeOfType<ChannelRequest.Publish>();
    }

    [Fact]
    public void Waiting_for_its_own_client_is_no_timeout_but_waiting_for_an_answer_is_and_lets_the_next_go()
    {
        _rig.Welcome();
        _rig.HasRoom = false;
        AskForPages(3);
        for (var second = 0; second < 20; second++)
        {
            _rig.Come(new ClientFrame.Pong([]));
            _rig.Pass(TimeSpan.FromSeconds(1));
        }

        _rig.Sent.ShouldBeEmpty();
        _rig.HasRoom = true;
        _rig.GiveRoom();
        _rig.ChannelQuestions.Count.ShouldBe(2);

        _rig.Pass(TimeSpan.FromMilliseconds(ConnectionMachine.RequestTimeout + 1));

        _rig.Sent.OfType<ServerFrame.Error>().Select(error => (error.Id, error.Code))
            .ShouldBe([(2, ErrorCode.Timeout), (3, ErrorCode.Timeout)]);
        _rig.ChannelQuestions.Count.ShouldBe(3);
    }

    [Fact]
    public void Requests_that_wait_count_as_requests_without_an_answer()
    {
        var rig = new ConnectionRig(new ConnectionPolicy { OpenRequests = 10 });
        rig.Welcome();
        rig.HasRoom = false;
        for (var id = 2; id < 12; id++)
        {
            rig.Come(new ClientFrame.History(id, ConnectionRig.Chat));
        }

        rig.Come(new ClientFrame.History(12, ConnectionRig.Chat));

        rig.Refused(12, ErrorCode.TooMany);
    }

    [Fact]
    public void A_connection_that_is_taken_over_answers_the_pages_it_has_accepted()
    {
        _rig.Welcome();
        AskForPages(4);
        _rig.Step(new ConnectionInput.CloseRequested(CloseCode.Superseded));
        _rig.Goodbye.ShouldBeNull();

        while (_rig.ChannelQuestions.Count > 0)
        {
            _rig.ChannelAnswers(Page());
        }

        _rig.Sent.OfType<ServerFrame.HistoryReply>().Count().ShouldBe(4);
        _rig.Closed(CloseCode.Superseded);
    }

    private static ChannelReply.HistoryPage Page() => new(0, [], ConnectionRig.Head, ConnectionRig.Head, false);

    private void AskForPages(int count)
    {
        for (var id = 2; id < 2 + count; id++)
        {
            _rig.Come(new ClientFrame.History(id, ConnectionRig.Chat));
        }
    }
}
