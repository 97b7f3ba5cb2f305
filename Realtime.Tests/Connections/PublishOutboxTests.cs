using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What becomes of publishes whose answers do not come, and of those that a channel gives back.</summary>
public sealed class PublishOutboxTests
{
    private readonly ConnectionRig _rig = new();
    private readonly Dictionary<long, long> _tags = [];

    public PublishOutboxTests() => _rig.Welcome(new ClientFrame.Hello(1) { Producer = ConnectionRig.Producer() });

    private IEnumerable<(long? Sequence, long? Predecessor)> Asked =>
        _rig.ChannelQuestions.Cast<ChannelRequest.Publish>().Select(publish => (publish.Sequence, publish.Predecessor));

    [Fact]
    public void A_numbered_publish_names_the_unanswered_one_before_it_on_its_channel()
    {
        Publish(1);
        Publish(2);
        Publish(7, ChannelName.Parse("chat:other"));
        Publish(3);

        Asked.ShouldBe([(1, null), (2, 1), (7, null), (3, 2)]);
    }

    [Fact]
    public void What_is_answered_is_not_named_any_more()
    {
        Publish(1);
        Answer(1, Published);
        Publish(2);
        Publish(3);
        Answer(2, Published);
        _rig.ChannelQuestions.Clear();

        _rig.Pass(RepeatDelay.First);

        Asked.ShouldBe([(3, null)]);
    }

    [Fact]
    public void Unanswered_numbered_publishes_are_sent_again_all_of_them_in_order_with_doubling_pauses_until_they_time_out()
    {
        Publish(1);
        Publish(2);
        Publish(3);
        _rig.ChannelQuestions.Clear();
        long[] pauses = [250, 500, 1_000, 2_000, 4_000, 4_000];
        foreach (var pause in pauses)
        {
            _rig.Pass(pause - 1);
            _rig.ChannelQuestions.ShouldBeEmpty();
            _rig.Pass(1);
            Asked.ShouldBe([(1, null), (2, 1), (3, 2)]);
            _rig.ChannelQuestions.Clear();
        }

        _rig.Pass(ConnectionMachine.RequestTimeout);
        var errors = _rig.Sent.OfType<ServerFrame.Error>().ToList();
        errors.Select(error => error.Id).ShouldBe([101, 102, 103]);
        errors.ShouldAllBe(error => error.Code == ErrorCode.Timeout && error.Outcome == Outcome.Unknown);
        _rig.ChannelQuestions.Clear();
        _rig.Pass(1_000);
        _rig.ChannelQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_unanswered_when_a_node_is_removed_is_sent_again_soon_however_long_the_pause_was()
    {
        Publish(1);
        _rig.Come(new ClientFrame.History(300, ConnectionRig.Chat));
        foreach (var pause in (long[])[250, 500, 1_000, 2_000])
        {
            _rig.Pass(pause);
        }

        _rig.ChannelQuestions.Clear();
        _rig.Step(ConnectionInput.NodeRemoved.Instance);
        _rig.Pass(RepeatDelay.First - 1);
        _rig.ChannelQuestions.ShouldBeEmpty();

        _rig.Pass(1);

        _rig.ChannelQuestions.Select(asked => asked.GetType()).ShouldBe([typeof(ChannelRequest.Publish), typeof(ChannelRequest.ReadHistory)], ignoreOrder: true);
    }

    [Fact]
    public void A_publish_without_a_number_is_never_sent_again_by_itself()
    {
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));

        for (var i = 0; i < 14; i++)
        {
            _rig.Pass(1_000);
        }

        _rig.ChannelQuestions.ShouldHaveSingleItem();
        _rig.Pass(1_001);
        _rig.Refused(2, ErrorCode.Timeout).Outcome.ShouldBe(Outcome.Unknown);
    }

    [Fact]
    public void A_publish_without_a_number_that_is_given_back_is_sent_again_at_once_and_then_after_a_pause()
    {
        _rig.Come(new ClientFrame.Publish(2, ConnectionRig.Chat, ConnectionRig.Text("a")));
        _rig.ChannelAnswers(new ChannelReply.Retry(0));
        _rig.ChannelQuestions.Count.ShouldBe(1);

        _rig.ChannelAnswers(new ChannelReply.Retry(0));
        _rig.ChannelQuestions.ShouldBeEmpty();
        _rig.Pass(RepeatDelay.First);

        _rig.ChannelQuestions.Count.ShouldBe(1);
        _rig.ChannelAnswers(Published(0));
        _rig.Take<ServerFrame.PublishReply>().Id.ShouldBe(2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    public void Nothing_is_sent_again_where_nothing_is_kept(long? sequence)
    {
        var cursors = ChannelName.Parse("cursors:x");
        _rig.Come(new ClientFrame.Publish(2, cursors, ConnectionRig.Text("a")) { Sequence = sequence });
        _rig.Come(new ClientFrame.Publish(3, cursors, ConnectionRig.Text("b")) { Sequence = sequence + 1 });
        Asked.Select(asked => asked.Predecessor).ShouldAllBe(predecessor => predecessor == null);
        _rig.Pass(10_000);
        _rig.ChannelQuestions.Count.ShouldBe(2);

        _rig.ChannelAnswers(new ChannelReply.Retry(0));

        _rig.Refused(2, ErrorCode.Unavailable).Outcome.ShouldBe(Outcome.None);
        _rig.ChannelQuestions.Count.ShouldBe(1);
    }

    [Fact]
    public void A_hole_sends_the_connection_back_to_what_is_missing_and_from_there_on_in_order_once()
    {
        Publish(1);
        Publish(2);
        Publish(3);
        Publish(4);
        Answer(1, Published);
        _rig.ChannelQuestions.Clear();

        Answer(3, tag => new ChannelReply.Retry(tag, 2));
        Answer(4, tag => new ChannelReply.Retry(tag, 3));

        Asked.ShouldBe([(2, null), (3, 2), (4, 3)]);
    }

    /// <summary>
    /// What was sent to a node that was killed is lost. A connection that went back to no more than what each answer said was missing had, with
    /// a client that goes on publishing, nothing but the last two in front of the new owner for ever, and pushed its own repeats out with each.
    /// </summary>
    [Fact]
    public void All_that_was_lost_with_its_channel_is_published_while_the_client_goes_on_publishing()
    {
        for (var lost = 1; lost <= 20; lost++)
        {
            Publish(lost);
            _rig.Pass(300);
        }

        var channel = new List<long>();
        var rounds = 0;
        for (var next = 21; next <= 30; next++)
        {
            _rig.ChannelQuestions.Clear();
            Publish(next);
            while (_rig.ChannelQuestions.Count > 0)
            {
                (++rounds).ShouldBeLessThan(1_000, "what is sent is given back, for ever");
                foreach (var asked in Take())
                {
                    Answer(asked.Sequence!.Value, tag => IsNext(channel, asked) ? Published(tag) : new ChannelReply.Retry(tag, asked.Predecessor));
                }
            }

            _rig.Pass(300);
        }

        channel.ShouldBe(Enumerable.Range(1, 30).Select(number => (long)number));
    }

    [Fact]
    public void A_request_times_out_though_others_come_and_are_answered_all_the_time()
    {
        _rig.Come(new ClientFrame.Publish(101, ConnectionRig.Chat, ConnectionRig.Text("lost")));
        for (var other = 2; other <= 60; other++)
        {
            _rig.Now += 300;
            if (_rig.Now >= _rig.Machine.Due)
            {
                _rig.Pass(0);
            }

            Publish(other);
            Answer(other, Published);
        }

        _rig.Refused(101, ErrorCode.Timeout);
    }

    [Fact]
    public void A_channel_that_stops_gets_what_it_gave_back_again_in_order_once()
    {
        Publish(1);
        Publish(2);
        _rig.ChannelQuestions.Clear();

        Answer(1, tag => new ChannelReply.Retry(tag));
        Answer(2, tag => new ChannelReply.Retry(tag));
        Asked.ShouldBe([(1, null), (2, 1)]);
        _rig.ChannelQuestions.Clear();

        _rig.Pass(RepeatDelay.First);
        Asked.ShouldBe([(1, null), (2, 1)], "what was given back again within the pause is not forgotten");
    }

    [Fact]
    public void What_follows_a_refused_publish_is_refused_if_it_came_too_early_so_that_the_client_can_keep_the_order()
    {
        Publish(1);
        Publish(2);
        Publish(3);
        _rig.ChannelQuestions.Clear();
        Answer(1, tag => new ChannelReply.Refused(tag, ErrorCode.Unavailable, "not now", 500));
        _rig.Refused(101, ErrorCode.Unavailable);

        Answer(2, tag => new ChannelReply.Retry(tag, 1));
        _rig.Refused(102, ErrorCode.Unavailable).Outcome.ShouldBe(Outcome.None);
        Answer(3, tag => new ChannelReply.Retry(tag, 2));
        _rig.Refused(103, ErrorCode.Unavailable).Outcome.ShouldBe(Outcome.None);

        _rig.ChannelQuestions.ShouldBeEmpty();
    }

    [Fact]
    public void A_refusal_is_not_certain_while_another_copy_is_under_way()
    {
        Publish(1);
        _rig.Pass(RepeatDelay.First);

        Answer(1, tag => new ChannelReply.Refused(tag, ErrorCode.Unavailable, "not now", 500));

        _rig.Refused(101, ErrorCode.Unavailable).Outcome.ShouldBe(Outcome.Unknown);
    }

    [Fact]
    public void What_follows_a_publish_that_timed_out_goes_on_naming_it()
    {
        Publish(1);
        _rig.Pass(10_000);
        Publish(2);
        _rig.Pass(5_001);
        _rig.Refused(101, ErrorCode.Timeout);
        _rig.ChannelQuestions.Clear();

        _rig.Pass(4_000);

        Asked.ShouldBe([(2, 1)]);
    }

    [Fact]
    public void A_channel_that_has_lost_its_memory_gets_a_publish_without_the_published_ones_before_it()
    {
        Publish(1);
        Publish(2);
        Answer(1, Published);
        _rig.ChannelQuestions.Clear();

        Answer(2, tag => new ChannelReply.Retry(tag, 1));

        Asked.ShouldBe([(2, null)]);
    }

    /// <summary>Behind the later one it named that, and was named by it: the channel gave both back until they timed out.</summary>
    [Fact]
    public void A_refused_publish_that_comes_back_goes_before_the_later_one_that_names_it()
    {
        Publish(1);
        Publish(2);
        Answer(1, tag => new ChannelReply.Refused(tag, ErrorCode.Unavailable, "the store does not answer", 100));
        _rig.ChannelQuestions.Clear();

        Publish(1);
        Asked.ShouldBe([(1, null)]);
        _rig.ChannelQuestions.Clear();
        _rig.Pass(RepeatDelay.Longest);

        Asked.ShouldBe([(1, null), (2, 1)]);
    }

    [Fact]
    public void A_publish_goes_on_naming_the_refused_one_before_it_when_the_one_before_that_is_published()
    {
        Publish(1);
        Publish(2);
        Publish(3);
        Answer(2, tag => new ChannelReply.Refused(tag, ErrorCode.Unavailable, "too many publishes wait on this channel", 100));
        Answer(1, tag => new ChannelReply.Published(tag, ConnectionRig.Head));
        _rig.ChannelQuestions.Clear();
        _rig.Pass(RepeatDelay.Longest);

        Asked.ShouldBe([(3, 2)]);
    }

    [Fact]
    public void Publishes_that_have_timed_out_and_come_back_go_before_the_later_ones_in_their_order()
    {
        Publish(1);
        Publish(2);
        _rig.Pass(ConnectionMachine.RequestTimeout - 1_000);
        Publish(3);
        _rig.Pass(1_001);
        _rig.ChannelQuestions.Clear();

        Publish(1);
        Publish(2);
        Asked.ShouldBe([(1, null), (2, 1)]);
        _rig.ChannelQuestions.Clear();
        _rig.Pass(RepeatDelay.Longest);

        Asked.ShouldBe([(1, null), (2, 1), (3, 2)]);
    }

    private List<ChannelRequest.Publish> Take()
    {
        var asked = _rig.ChannelQuestions.Cast<ChannelRequest.Publish>().ToList();
        _rig.ChannelQuestions.Clear();
        return asked;
    }

    /// <summary>As a channel decides that has the log up to the last one of these.</summary>
    private static bool IsNext(List<long> published, ChannelRequest.Publish asked)
    {
        if (!published.Contains(asked.Sequence!.Value))
        {
            if (asked.Predecessor is { } before && !published.Contains(before))
            {
                return false;
            }

            published.Add(asked.Sequence!.Value);
        }

        return true;
    }

    private static ChannelReply.Published Published(long tag) => new(tag, ConnectionRig.Head);

    private void Publish(long sequence, ChannelName? channel = null)
    {
        _rig.Come(new ClientFrame.Publish(100 + sequence, channel ?? ConnectionRig.Chat, ConnectionRig.Text("a")) { Sequence = sequence });
        _tags[sequence] = _rig.ChannelQuestions[^1].Tag;
    }

    /// <summary>The channel answers the publish with this number.</summary>
    private void Answer(long sequence, Func<long, ChannelReply> reply)
    {
        var sent = _rig.Sent.Count;
        _rig.Step(new ConnectionInput.ChannelReplied(reply(_tags[sequence])));
        if (_rig.Sent.Count > sent && _rig.Sent[^1] is ServerFrame.PublishReply)
        {
            _rig.Sent.RemoveAt(_rig.Sent.Count - 1);
        }
    }
}
