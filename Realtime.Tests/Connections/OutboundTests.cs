using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

public sealed class OutboundTests : IOutboundOwner
{
    private static readonly ChannelName Chat = ChannelName.Parse("chat:room");

    private readonly FakeLink _link = new();
    private readonly TaskCompletionSource<CloseCode> _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _rooms;

    [Fact]
    public void What_finds_the_link_idle_is_sent_as_it_is()
    {
        var outbound = new Outbound(_link, 1000, this);

        outbound.TryEnqueue(Message(1)).ShouldBeTrue();
        outbound.EnqueueControl(Ping()).ShouldBeTrue();

        _link.Messages.Count.ShouldBe(2);
        _link.Messages[1].ShouldBe("""{"type":"ping"}""");
        outbound.IsSending.ShouldBeFalse();
        outbound.SentBytes.ShouldBe(_link.Messages.Sum(message => message.Length));
    }

    [Fact]
    public async Task What_gathers_behind_a_send_shares_one_message_that_is_a_valid_array_in_order()
    {
        var outbound = new Outbound(_link, 100_000, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        outbound.TryEnqueue(Message(2));
        outbound.TryEnqueue(Messages(3, 5));
        outbound.EnqueueControl(Ping());
        outbound.TryEnqueue(Message(6));
        outbound.IsSending.ShouldBeTrue();

        _link.Release();
        await Deadline.Until(() => !outbound.IsSending, "the queue to be sent");

        _link.Messages.Count.ShouldBe(2);
        Offsets(_link.Messages[1]).ShouldBe("2 3 4 5 ping 6");
        _link.Overlapped.ShouldBeFalse();
    }

    [Fact]
    public async Task A_single_run_of_messages_behind_a_send_is_an_array_too_and_a_single_frame_is_none()
    {
        var outbound = new Outbound(_link, 100_000, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        outbound.TryEnqueue(Messages(2, 4));
        _link.ReadOne();
        await Deadline.Until(() => _link.Messages.Count == 2, "the run");
        outbound.TryEnqueue(Message(5));
        _link.Release();
        await Deadline.Until(() => !outbound.IsSending, "the queue to be sent");

        _link.Messages.Select(Offsets).ShouldBe(["1", "2 3 4", "5"]);
        _link.Messages[1][0].ShouldBe('[');
        _link.Messages[2][0].ShouldBe('{');
    }

    [Fact]
    public async Task Messages_that_share_are_bounded_and_grow_over_many_items()
    {
        var outbound = new Outbound(_link, 1_000_000, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        for (var i = 2; i <= 300; i++)
        {
            outbound.TryEnqueue(Message(i, 1000)).ShouldBeTrue();
        }

        _link.Release();
        await Deadline.Until(() => !outbound.IsSending, "the queue to be sent");

        _link.Messages.ShouldAllBe(message => message.Length <= Outbound.ShareBytes + 2);
        string.Join(' ', _link.Messages.Select(Offsets)).ShouldBe(string.Join(' ', Enumerable.Range(1, 300)));
        _link.Messages.Count.ShouldBeLessThan(12);
    }

    [Fact]
    public async Task Order_of_each_sender_holds_whatever_the_number_of_threads()
    {
        var outbound = new Outbound(_link, int.MaxValue, this);
        var threads = Enumerable.Range(1, 4).Select(sender => new Thread(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                outbound.TryEnqueue(Message((sender * 10_000) + i));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await Deadline.Until(() => !outbound.IsSending, "the queue to be sent");

        var sent = string.Join(' ', _link.Messages.Select(Offsets)).Split(' ').Select(int.Parse).ToLookup(offset => offset / 10_000);
        foreach (var sender in Enumerable.Range(1, 4))
        {
            sent[sender].ShouldBe(Enumerable.Range(sender * 10_000, 500));
        }

        _link.Overlapped.ShouldBeFalse();
    }

    [Fact]
    public async Task Content_over_the_budget_is_refused_and_the_owner_is_told_once_when_there_is_room()
    {
        var outbound = new Outbound(_link, 500, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1)).ShouldBeTrue();
        var taken = 0;
        while (outbound.TryEnqueue(Message(2 + taken)))
        {
            taken++;
        }

        taken.ShouldBeInRange(2, 6);
        outbound.AwaitRoom().ShouldBeFalse();
        _rooms.ShouldBe(0);
        _link.Release();
        await Deadline.Until(() => Volatile.Read(ref _rooms) == 1, "the word that there is room");
        await Deadline.Until(() => !outbound.IsSending, "the queue to be sent");

        outbound.AwaitRoom().ShouldBeTrue();
        outbound.TryEnqueue(Message(9)).ShouldBeTrue();
        _rooms.ShouldBe(1);
    }

    [Fact]
    public void An_item_larger_than_the_budget_passes_when_nothing_waits()
    {
        var outbound = new Outbound(_link, 100, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1)).ShouldBeTrue();

        outbound.TryEnqueue(Message(2, 5000)).ShouldBeTrue();
        outbound.TryEnqueue(Message(3)).ShouldBeFalse();
    }

    [Fact]
    public void Control_frames_may_go_over_the_budget_but_not_without_end()
    {
        var outbound = new Outbound(_link, 100, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        var taken = 0;
        while (outbound.EnqueueControl(Ping()))
        {
            (++taken).ShouldBeLessThan(1000);
        }

        (taken * Ping().Length).ShouldBeInRange(100, 100 * Outbound.HardFactor);
    }

    [Fact]
    public async Task A_close_sends_what_waits_then_the_goodbye_and_takes_nothing_any_more()
    {
        var outbound = new Outbound(_link, 100_000, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        outbound.TryEnqueue(Message(2));
        outbound.Close(Goodbye(), CloseCode.Restart, "restart");
        outbound.Close(Goodbye(), CloseCode.Drain, "drain");
        outbound.TryEnqueue(Message(3)).ShouldBeTrue();
        outbound.EnqueueControl(Ping()).ShouldBeTrue();
        _flushed.Task.IsCompleted.ShouldBeFalse();

        _link.Release();

        (await _flushed.Task.Within("the flush")).ShouldBe(CloseCode.Restart);
        string.Join(' ', _link.Messages.Select(Offsets)).ShouldBe("1 2 goodbye");
    }

    [Fact]
    public async Task A_close_of_an_idle_connection_is_flushed_at_once()
    {
        var outbound = new Outbound(_link, 1000, this);

        outbound.Close(Goodbye(), CloseCode.Restart, "restart");

        (await _flushed.Task.Within("the flush")).ShouldBe(CloseCode.Restart);
        outbound.TryEnqueue(Message(1)).ShouldBeTrue();
        _link.Messages.Select(Offsets).ShouldBe(["goodbye"]);
    }

    [Fact]
    public async Task A_link_that_is_lost_is_dropped_with_all_that_waits_and_nobody_is_told_to_catch_up()
    {
        var outbound = new Outbound(_link, 1000, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        outbound.TryEnqueue(Message(2));
        _link.Fault = new IOException("gone");
        _link.Release();
        await Deadline.Until(() => _link.IsAborted, "the link to be dropped");

        outbound.TryEnqueue(Message(3)).ShouldBeTrue();
        outbound.AwaitRoom().ShouldBeTrue();
        outbound.EnqueueControl(Ping()).ShouldBeTrue();
        _link.Messages.Count.ShouldBe(1);
        _failed.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_link_that_is_lost_at_once_is_dropped_and_the_sender_lives_on()
    {
        var outbound = new Outbound(_link, 1000, this);
        _link.Fault = new IOException("gone");

        outbound.TryEnqueue(Message(1)).ShouldBeTrue();

        _link.IsAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_fault_of_the_transport_is_told_to_the_owner_and_drops_the_link()
    {
        var outbound = new Outbound(_link, 1000, this);
        _link.Hold();
        outbound.TryEnqueue(Message(1));
        outbound.TryEnqueue(Message(2));
        _link.Fault = new InvalidOperationException("a bug");
        _link.Release();

        (await _failed.Task.Within("the fault")).ShouldBeSameAs(_link.Fault);
        _link.IsAborted.ShouldBeTrue();
    }

    void IOutboundOwner.OnRoom() => Interlocked.Increment(ref _rooms);

    void IOutboundOwner.OnFlushed(CloseCode code, string reason) => _flushed.SetResult(code);

    void IOutboundOwner.OnSendFailed(Exception failure) => _failed.SetResult(failure);

    private EncodedFrames Message(int offset, int size = 10) => EncodedFrames.Of(
        _link.Codec, Chat, [new LogMessage(offset, ConnectionRig.Text(new string('x', size)), 0)]);

    private EncodedFrames Messages(int first, int last) => EncodedFrames.Of(
        _link.Codec, Chat, [.. Enumerable.Range(first, last - first + 1).Select(i => new LogMessage(i, ConnectionRig.Text("x"), 0))]);

    private EncodedFrames Ping() => EncodedFrames.Of(_link.Codec, new ServerFrame.Ping());

    private EncodedFrames Goodbye() =>
        EncodedFrames.Of(_link.Codec, new ServerFrame.Goodbye(CloseCode.Restart, "restart", new ReconnectAdvice(0, 1)));

    /// <summary>What a transport message holds: offsets of messages, types of all others.</summary>
    private static string Offsets(string message)
    {
        using var json = JsonDocument.Parse(message);
        var frames = json.RootElement.ValueKind is JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()] : new[] { json.RootElement };
        return string.Join(' ', frames.Select(frame =>
            frame.TryGetProperty("offset", out var offset) ? offset.ToString() : frame.GetProperty("type").GetString()));
    }
}
