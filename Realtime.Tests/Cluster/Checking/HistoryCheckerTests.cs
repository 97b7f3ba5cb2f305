namespace Realtime.Tests.Cluster.Checking;

/// <summary>Each rule broken once, by hand: a checker that finds nothing proves nothing.</summary>
public sealed class HistoryCheckerTests
{
    private const string Channel = "log:0";
    private const string Memory = "mem:0";
    private readonly RunHistory _history = new() { Channels = new Dictionary<string, ChannelPromise> { [Channel] = ChannelPromise.Journal, [Memory] = ChannelPromise.Memory } };
    private readonly ReaderStream _stream;
    private FinalState _final = new(new Dictionary<string, FinalLog>(), []);

    /// <summary>Three publishes, one after the other, and a reader who saw them: nothing is wrong with it.</summary>
    public HistoryCheckerTests()
    {
        Publish("a", 10).Acknowledged(20, "e", 1);
        Publish("b", 30).Acknowledged(40, "e", 2);
        Publish("c", 50).Acknowledged(60, "e", 3);
        Log("a", "b", "c");
        _stream = _history.Open("r", Channel);
        _stream.Add(new StreamEvent.Subscribed("e", 0, null));
        See(1, "a");
        See(2, "b");
        See(3, "c");
    }

    [Fact]
    public void What_is_as_promised_is_not_complained_about() => HistoryChecker.Check(_history, _final).ShouldBeEmpty();

    [Fact]
    public void A_run_whose_end_could_not_be_read_proves_nothing() => HistoryChecker.Check(_history, null).ShouldHaveSingleItem().Invariant.ShouldBe("run");

    [Fact]
    public void An_empty_run_proves_nothing()
    {
        var empty = new RunHistory { Channels = _history.Channels };
        HistoryChecker.Check(empty, _final).Count(violation => violation.Invariant == "run").ShouldBe(2);
    }

    [Fact]
    public void A_fault_that_never_took_effect_is_found()
    {
        _history.Plan("Kill");
        Found("run");
        _history.TookEffect("Kill");
        HistoryChecker.Check(_history, _final).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, "7 7 8! 8")]
    [InlineData(true, "7 8! 7! 7")]
    [InlineData(false, "7 8 8 8")]
    [InlineData(false, "7 8! 7 8")]
    [InlineData(false, "7 8! 8 7")]
    public void A_life_that_writes_after_another_without_having_opened_the_log_is_found(bool isFine, string writers)
    {
        Replace(_final.Logs[Channel] with { Writers = [.. writers.Split(' ').Select(word => new WrittenEvent(word[0] - '0', word.EndsWith('!')))] });
        HistoryChecker.Check(_history, _final).Any(violation => violation.Invariant == "I1").ShouldBe(!isFine);
    }

    [Fact]
    public void An_acknowledged_message_that_is_not_in_the_journal_is_found()
    {
        Publish("d", 70).Acknowledged(80, "e", 4);
        Found("I2");
    }

    [Fact]
    public void An_acknowledged_message_at_another_place_is_found()
    {
        Log("a", "c", "b");
        Found("I2");
    }

    [Fact]
    public void A_channel_that_acknowledged_a_message_and_has_no_log_is_found()
    {
        var history = new RunHistory { Channels = _history.Channels };
        history.Add(new Publication("p", Channel, "a", true, 10).Acknowledged(20, "e", 1));
        HistoryChecker.Check(history, new FinalState(new Dictionary<string, FinalLog>(), [])).ShouldContain(violation => violation.Invariant == "I2");
    }

    [Fact]
    public void An_acknowledgement_in_another_life_of_the_log_is_found()
    {
        Publish("d", 70).Acknowledged(80, "f", 1);
        Found("I2");
    }

    [Fact]
    public void A_delivery_that_the_journal_does_not_hold_is_found()
    {
        See(4, "d");
        Found("I2");
    }

    [Fact]
    public void A_refused_message_in_the_journal_is_found()
    {
        Publish("d", 70).Failed(80, known: true, "unavailable");
        Log("a", "b", "c", "d");
        Found("I2b");
    }

    [Fact]
    public void A_message_that_nobody_sent_is_found()
    {
        Log("a", "b", "c", "d");
        Found("I2b");
    }

    [Fact]
    public void A_message_whose_answer_was_lost_may_be_there_or_not()
    {
        Publish("d", 70).Failed(80, known: false, "connection_lost");
        Publish("x", 75).Failed(80, known: false, "connection_lost");
        Log("a", "b", "c", "d");
        See(4, "d");
        HistoryChecker.Check(_history, _final).ShouldBeEmpty();
    }

    [Fact]
    public void A_hole_in_the_journal_is_found()
    {
        Log("a", "b", "c");
        var log = _final.Logs[Channel];
        Replace(log with { Rows = [log.Rows[0], log.Rows[2]] });
        Found("I3a");
    }

    [Fact]
    public void A_head_beyond_the_last_row_is_found()
    {
        Replace(_final.Logs[Channel] with { Head = 4 });
        Found("I3a");
    }

    [Fact]
    public void Two_readers_who_got_different_messages_at_one_place_are_found()
    {
        var first = _history.Open("m1", Memory);
        var second = _history.Open("m2", Memory);
        foreach (var (stream, id) in new[] { (first, "x"), (second, "y") })
        {
            stream.Add(new StreamEvent.Subscribed("m", 0, null));
            stream.Add(new StreamEvent.Message("m", 1, id));
        }

        Found("I3a");
    }

    [Fact]
    public void A_message_begun_after_another_was_answered_but_placed_before_it_is_found()
    {
        Publish("late", 100).Acknowledged(110, "e", 4);
        Publish("early", 120).Acknowledged(130, "e", 5);
        Publish("wrong", 140).Acknowledged(150, "e", 4);
        Found("I3b");
    }

    [Fact]
    public void A_message_stored_twice_is_found()
    {
        Log("a", "b", "c", "c");
        See(4, "c");
        Found("I3c");
    }

    [Fact]
    public void A_message_sent_once_that_overtook_another_of_its_publisher_is_found()
    {
        _history.Add(new Publication("q", Channel, "d", false, 70).Acknowledged(100, "e", 5).Over("n", "n"));
        _history.Add(new Publication("q", Channel, "f", false, 71).Acknowledged(100, "e", 4).Over("n", "n"));
        Log("a", "b", "c", "f", "d");
        Found("I3c");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_numbered_message_that_overtook_an_earlier_one_of_its_publisher_is_found_unless_that_one_was_refused(bool wasRefused)
    {
        var first = new Publication("q", Channel, "d", true, 70).Acknowledged(100, "e", 5).Over("n", "other");
        _history.Add(wasRefused ? first.Refused() : first);
        // Not even its answer came: where it is says the journal.
        _history.Add(new Publication("q", Channel, "f", true, 71).Failed(100, known: false, "timeout"));
        Log("a", "b", "c", "f", "d");
        See(4, "f");
        See(5, "d");
        HistoryChecker.Check(_history, _final).Select(violation => violation.Invariant).ShouldBe(wasRefused ? [] : ["I3d"]);
    }

    [Fact]
    public void A_reader_who_missed_a_message_is_found()
    {
        Log("a", "b", "c", "d", "f");
        See(5, "f");
        Found("I4a");
    }

    [Fact]
    public void A_reader_who_got_a_message_twice_is_found()
    {
        See(3, "c");
        Found("I4a");
    }

    [Fact]
    public void A_message_that_came_before_its_reader_was_subscribed_is_found()
    {
        _history.Open("m", Memory).Add(new StreamEvent.Message("m", 1, "x"));
        Found("I4a");
    }

    [Fact]
    public void A_gap_in_a_journal_is_found()
    {
        _stream.Add(new StreamEvent.Gap("trimmed", 4, 4, "e", 4));
        Found("I4a");
    }

    [Fact]
    public void A_server_that_a_client_had_to_break_off_is_found()
    {
        _history.Break("a message was skipped");
        Found("I4a");
    }

    [Fact]
    public void A_gap_that_is_not_the_hole_is_found()
    {
        var stream = _history.Open("m", Memory);
        stream.Add(new StreamEvent.Subscribed("m", 0, null));
        stream.Add(new StreamEvent.Gap("epoch", 5, 6, "m", 6));
        Found("I4a");
    }

    [Fact]
    public void A_gap_in_a_memory_log_that_was_not_born_anew_is_found()
    {
        var stream = _history.Open("m", Memory);
        stream.Add(new StreamEvent.Subscribed("m", 0, null));
        stream.Add(new StreamEvent.Gap("trimmed", 1, 2, "m", 2));
        Found("I4a");
    }

    [Fact]
    public void A_memory_log_that_is_born_anew_is_excused_unless_nobody_died()
    {
        var stream = _history.Open("m", Memory);
        stream.Add(new StreamEvent.Subscribed("m", 3, null));
        stream.Add(new StreamEvent.Gap("epoch", null, null, "n", 0));
        stream.Add(new StreamEvent.Message("n", 1, "x"));
        HistoryChecker.Check(_history, _final).ShouldBeEmpty();

        var gentle = new RunHistory { Channels = _history.Channels, Gentle = true };
        var same = gentle.Open("m", Memory);
        foreach (var item in stream.Events)
        {
            same.Add(item);
        }

        HistoryChecker.Check(gentle, _final).ShouldContain(violation => violation.Invariant == "I9");
    }

    [Fact]
    public void A_reader_who_never_got_the_last_message_is_found()
    {
        Publish("d", 70).Acknowledged(80, "e", 4);
        Log("a", "b", "c", "d");
        Found("I4b");
    }

    [Fact]
    public void A_reader_who_left_need_not_have_everything()
    {
        Publish("d", 70).Acknowledged(80, "e", 4);
        Log("a", "b", "c", "d");
        _stream.Stop();
        HistoryChecker.Check(_history, _final).ShouldBeEmpty();
    }

    [Fact]
    public void Readers_of_a_memory_log_who_stand_apart_are_found()
    {
        _history.Open("m1", Memory).Add(new StreamEvent.Subscribed("m", 4, null));
        _history.Open("m2", Memory).Add(new StreamEvent.Subscribed("m", 5, null));
        Found("I4b");
    }

    [Fact]
    public void A_publish_that_was_never_answered_is_found()
    {
        Publish("d", 70);
        Found("I5a");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_publish_that_failed_is_excused_unless_nobody_died(bool isRefused)
    {
        var failed = new Publication("q", Channel, "d", true, 70).Failed(80, isRefused, "unavailable");
        _history.Add(failed);
        HistoryChecker.Check(_history, _final).ShouldBeEmpty();

        var gentle = new RunHistory { Channels = _history.Channels, Gentle = true };
        gentle.Add(failed);
        HistoryChecker.Check(gentle, _final).ShouldContain(violation => violation.Invariant == "I9");
    }

    [Fact]
    public void What_went_wrong_in_a_client_beside_the_rules_is_found()
    {
        _history.Trouble("a subscription was refused for good");
        Found("run");
    }

    private Publication Publish(string id, long at)
    {
        var publication = new Publication("p", Channel, id, true, at);
        _history.Add(publication);
        return publication;
    }

    private void See(long offset, string id) => _stream.Add(new StreamEvent.Message("e", offset, id));

    private void Log(params string[] ids) => Replace(new FinalLog(Channel, "e", ids.Length, 1, [.. ids.Select((id, i) => KeyValuePair.Create(i + 1L, id))], [new WrittenEvent(7, false)]));

    private void Replace(FinalLog log) => _final = _final with { Logs = new Dictionary<string, FinalLog> { [Channel] = log } };

    private void Found(string invariant) => HistoryChecker.Check(_history, _final).ShouldContain(violation => violation.Invariant == invariant);
}
