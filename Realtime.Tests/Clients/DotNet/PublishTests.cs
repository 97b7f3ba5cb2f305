using Realtime.Client;
using Realtime.Client.Core;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>Exactly-once publishing, and requests over reconnects.</summary>
public sealed class PublishTests
{
    private readonly MachineDriver _client = new();

    [Fact]
    public void Unanswered_publishes_are_repeated_in_order_under_their_numbers()
    {
        var link = _client.Connect();
        _client.Publish("chat:a", 1);
        _client.Publish("chat:b", 2);
        _client.Publish("chat:a", 3);
        var first = _client.Sent(link);
        MachineDriver.Seqs(first).ShouldBe([1, 2, 3]);
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(first[1])}},"position":"e:1"}""");
        _client.Lose(link);
        _client.Publish("chat:a", 4);
        _client.Advance(TimeSpan.FromSeconds(1));

        var next = _client.Welcome(resumed: true);

        var second = _client.Sent(next);
        MachineDriver.Seqs(second).ShouldBe([1, 3, 4]);
        second.Select(frame => frame.GetProperty("data").GetInt32()).ShouldBe([1, 3, 4]);
        _client.Take<ClientEffect.Refuse>().ShouldBeEmpty();
    }

    [Fact]
    public void No_more_than_the_servers_window_is_under_way()
    {
        var link = _client.Connect(inflight: 2);
        for (var i = 1; i <= 5; i++)
        {
            _client.Publish("chat:a", i);
        }

        var sent = _client.Sent(link);
        MachineDriver.Seqs(sent).ShouldBe([1, 2]);
        // The second answer alone opens nothing: the server has to remember number 1, and knows only the last two.
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(sent[1])}},"position":"e:2"}""");
        _client.Sent(link).ShouldBeEmpty();
        _client.Receive(link, $$"""{"type":"reply","id":{{MachineDriver.Id(sent[0])}},"position":"e:1"}""");
        MachineDriver.Seqs(_client.Sent(link)).ShouldBe([3, 4]);
    }

    [Fact]
    public void A_publish_without_a_number_is_of_unknown_outcome_when_the_answer_is_lost()
    {
        var link = _client.Connect();
        var sent = _client.Publish("chat:a", 1, exactlyOnce: false);
        _client.SentOne(link, "publish").TryGetProperty("seq", out _).ShouldBeFalse();

        _client.Lose(link);
        var waiting = _client.Publish("chat:a", 2, exactlyOnce: false);

        var refusal = _client.Take<ClientEffect.Refuse>().ShouldHaveSingleItem();
        refusal.Request.ShouldBe(sent);
        refusal.Fault.Outcome.ShouldBe(Outcome.Unknown);
        _client.Advance(TimeSpan.FromSeconds(1));
        var next = _client.Welcome(resumed: true);
        MachineDriver.Id(_client.SentOne(next, "publish")).ShouldBe(waiting.Id);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("unknown")]
    public void A_temporary_refusal_is_repeated_under_the_same_number_and_holds_back_the_channel(string outcome)
    {
        var link = _client.Connect();
        _client.Publish("chat:a", 1);
        var id = MachineDriver.Id(_client.SentOne(link, "publish"));
        _client.Receive(link, $$"""{"type":"error","id":{{id}},"code":"unavailable","message":"","retryAfter":300,"outcome":"{{outcome}}"}""");

        _client.Publish("chat:a", 2);
        _client.Publish("chat:b", 3);
        MachineDriver.Seqs(_client.Sent(link)).ShouldBe([3]);
        _client.Due.ShouldBe(TimeSpan.FromMilliseconds(300));
        _client.Advance(TimeSpan.FromMilliseconds(300));

        MachineDriver.Seqs(_client.Sent(link)).ShouldBe([1, 2]);
        _client.Take<ClientEffect.Refuse>().ShouldBeEmpty();
    }

    [Fact]
    public void A_final_refusal_reaches_the_caller_and_frees_the_window()
    {
        var link = _client.Connect(inflight: 1);
        var refused = _client.Publish("chat:a", 1);
        _client.Publish("chat:a", 2);
        var id = MachineDriver.Id(_client.SentOne(link, "publish"));

        _client.Receive(link, $$"""{"type":"error","id":{{id}},"code":"forbidden","message":"no","outcome":"none"}""");

        var refusal = _client.Take<ClientEffect.Refuse>().ShouldHaveSingleItem();
        refusal.Request.ShouldBe(refused);
        refusal.Fault.ShouldBe(new Fault("forbidden", "no"));
        MachineDriver.Seqs(_client.Sent(link)).ShouldBe([2]);
    }

    [Fact]
    public void Other_requests_are_repeated_on_the_new_connection()
    {
        var link = _client.Connect();
        _client.Post(new ClientInput.Ask(new Request(RequestKind.History, "chat:a", false, (id, _) => Realtime.Client.Protocol.FrameWriter.History(id, "chat:a", new HistoryOptions()))));
        var id = MachineDriver.Id(_client.SentOne(link, "history"));
        _client.Lose(link);
        _client.Advance(TimeSpan.FromSeconds(1));

        var next = _client.Welcome(resumed: true);

        MachineDriver.Id(_client.SentOne(next, "history")).ShouldBe(id);
        _client.Receive(next, $$"""{"type":"reply","id":{{id}},"messages":[],"more":false}""");
        _client.Take<ClientEffect.Answer>().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_frame_above_the_servers_limit_is_refused_here_and_costs_no_connection()
    {
        var link = _client.Connect();
        var text = System.Text.Json.JsonSerializer.SerializeToElement(new string('x', 140_000));
        _client.Post(new ClientInput.Ask(new Request(
            RequestKind.Publish,
            "chat:a",
            true,
            (id, seq) => Realtime.Client.Protocol.FrameWriter.Publish(id, "chat:a", text, seq, PublishOptions.Default))));

        _client.Take<ClientEffect.Refuse>().ShouldHaveSingleItem().Fault.Code.ShouldBe("too_large");
        _client.Sent(link).ShouldBeEmpty();
    }

    [Fact]
    public void A_cancelled_publish_frees_its_place()
    {
        var link = _client.Connect(inflight: 1);
        var cancelled = _client.Publish("chat:a", 1);
        _client.Publish("chat:a", 2);
        _client.Sent(link);

        _client.Post(new ClientInput.Cancel(cancelled));

        MachineDriver.Seqs(_client.Sent(link)).ShouldBe([2]);
    }

    [Fact]
    public void At_the_end_everybody_who_waits_is_told_what_is_known()
    {
        var link = _client.Connect();
        var sent = _client.Publish("chat:a", 1);
        _client.Sent(link);
        _client.Lose(link);
        var unsent = _client.Publish("chat:a", 2);

        _client.Post(new ClientInput.Dispose());

        var refusals = _client.Take<ClientEffect.Refuse>();
        refusals.ConvertAll(refusal => (refusal.Request, refusal.Fault.Outcome)).ShouldBe([(sent, Outcome.Unknown), (unsent, Outcome.None)]);
    }
}
