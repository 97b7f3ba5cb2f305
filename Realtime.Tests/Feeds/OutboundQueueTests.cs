using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Feeds;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds;

public sealed class OutboundQueueTests : IOutboundListener, IRoomListener
{
    private static readonly ChannelName Chat = ChannelName.Parse("chat:room");

    private static readonly JsonFrameCodec Codec = new();

    private readonly HeldWriter _writer = new();
    private readonly TaskCompletionSource<CloseCode> _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _rooms;

    [Fact]
    public void What_finds_the_writer_idle_is_sent_as_it_is()
    {
        var queue = new OutboundQueue(_writer, 1000, this);

        queue.TryEnqueue(Message(1), this).ShouldBeTrue();
        queue.EnqueueControl(Ping()).ShouldBeTrue();

        _writer.Messages.Count.ShouldBe(2);
        _writer.Messages[1].ShouldBe("""{"type":"ping"}""");
        queue.IsSending.ShouldBeFalse();
        queue.SentBytes.ShouldBe(_writer.Messages.Sum(message => message.Length));
    }

    [Fact]
    public async Task What_gathers_behind_a_send_shares_one_message_that_is_a_valid_array_in_order()
    {
        var queue = new OutboundQueue(_writer, 100_000, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        queue.TryEnqueue(Message(2), this);
        queue.TryEnqueue(Messages(3, 5), this);
        queue.EnqueueControl(Ping());
        queue.TryEnqueue(Message(6), this);
        queue.IsSending.ShouldBeTrue();

        _writer.Release();
        await Soon.IsTrueAsync(() => !queue.IsSending, "the queue to be sent");

        _writer.Messages.Count.ShouldBe(2);
        Offsets(_writer.Messages[1]).ShouldBe("2 3 4 5 ping 6");
        _writer.IsOverlapped.ShouldBeFalse();
    }

    [Fact]
    public async Task A_single_run_of_messages_behind_a_send_is_an_array_too_and_a_single_frame_is_none()
    {
        var queue = new OutboundQueue(_writer, 100_000, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        queue.TryEnqueue(Messages(2, 4), this);
        _writer.ReadOne();
        await Soon.IsTrueAsync(() => _writer.Messages.Count == 2, "the run");
        queue.TryEnqueue(Message(5), this);
        _writer.Release();
        await Soon.IsTrueAsync(() => !queue.IsSending, "the queue to be sent");

        _writer.Messages.Select(Offsets).ShouldBe(["1", "2 3 4", "5"]);
        _writer.Messages[1][0].ShouldBe('[');
        _writer.Messages[2][0].ShouldBe('{');
    }

    [Fact]
    public async Task Messages_that_share_are_bounded_and_grow_over_many_items()
    {
        var queue = new OutboundQueue(_writer, 1_000_000, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        for (var i = 2; i <= 300; i++)
        {
            queue.TryEnqueue(Message(i, 1000), this).ShouldBeTrue();
        }

        _writer.Release();
        await Soon.IsTrueAsync(() => !queue.IsSending, "the queue to be sent");

        _writer.Messages.ShouldAllBe(message => message.Length <= OutboundQueue.SharedBytes + 2);
        string.Join(' ', _writer.Messages.Select(Offsets)).ShouldBe(string.Join(' ', Enumerable.Range(1, 300)));
        _writer.Messages.Count.ShouldBeLessThan(12);
    }

    [Fact]
    public async Task Order_of_each_sender_holds_whatever_the_number_of_threads()
    {
        var queue = new OutboundQueue(_writer, int.MaxValue, this);
        var threads = Enumerable.Range(1, 4).Select(sender => new Thread(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                queue.TryEnqueue(Message((sender * 10_000) + i), this);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await Soon.IsTrueAsync(() => !queue.IsSending, "the queue to be sent");

        var sent = string.Join(' ', _writer.Messages.Select(Offsets)).Split(' ').Select(int.Parse).ToLookup(offset => offset / 10_000);
        foreach (var sender in Enumerable.Range(1, 4))
        {
            sent[sender].ShouldBe(Enumerable.Range(sender * 10_000, 500));
        }

        _writer.IsOverlapped.ShouldBeFalse();
    }

    [Fact]
    public async Task Content_over_the_budget_is_refused_and_the_waiter_is_told_once_when_there_is_room()
    {
        var queue = new OutboundQueue(_writer, 500, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this).ShouldBeTrue();
        var taken = 0;
        while (queue.TryEnqueue(Message(2 + taken), this))
        {
            (++taken).ShouldBeLessThan(1000);
        }

        taken.ShouldBeInRange(2, 6);
        queue.AwaitRoom(this).ShouldBeFalse();
        _rooms.ShouldBe(0);
        _writer.Release();
        await Soon.IsTrueAsync(() => Volatile.Read(ref _rooms) == 1, "the word that there is room");
        await Soon.IsTrueAsync(() => !queue.IsSending, "the queue to be sent");

        queue.AwaitRoom(this).ShouldBeTrue();
        queue.TryEnqueue(Message(9), this).ShouldBeTrue();
        _rooms.ShouldBe(1);
    }

    [Fact]
    public void An_item_larger_than_the_budget_passes_when_nothing_waits()
    {
        var queue = new OutboundQueue(_writer, 100, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this).ShouldBeTrue();

        queue.TryEnqueue(Message(2, 5000), this).ShouldBeTrue();
        queue.TryEnqueue(Message(3), this).ShouldBeFalse();
    }

    [Fact]
    public void Control_frames_may_go_over_the_budget_but_not_without_end()
    {
        var queue = new OutboundQueue(_writer, 100, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        var taken = 0;
        while (queue.EnqueueControl(Ping()))
        {
            (++taken).ShouldBeLessThan(1000);
        }

        (taken * Ping().Length).ShouldBeInRange(100, 100 * OutboundQueue.HardFactor);
    }

    [Fact]
    public async Task A_close_sends_what_waits_then_the_goodbye_and_takes_nothing_any_more()
    {
        var queue = new OutboundQueue(_writer, 100_000, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        queue.TryEnqueue(Message(2), this);
        queue.Close(Goodbye(), CloseCode.Restart, "restart");
        queue.Close(Goodbye(), CloseCode.Drain, "drain");
        queue.TryEnqueue(Message(3), this).ShouldBeTrue();
        queue.EnqueueControl(Ping()).ShouldBeTrue();
        _flushed.Task.IsCompleted.ShouldBeFalse();

        _writer.Release();

        (await _flushed.Task.Within("the flush")).ShouldBe(CloseCode.Restart);
        string.Join(' ', _writer.Messages.Select(Offsets)).ShouldBe("1 2 goodbye");
    }

    [Fact]
    public async Task A_close_of_an_idle_connection_is_flushed_at_once()
    {
        var queue = new OutboundQueue(_writer, 1000, this);

        queue.Close(Goodbye(), CloseCode.Restart, "restart");

        (await _flushed.Task.Within("the flush")).ShouldBe(CloseCode.Restart);
        queue.TryEnqueue(Message(1), this).ShouldBeTrue();
        _writer.Messages.Select(Offsets).ShouldBe(["goodbye"]);
    }

    [Fact]
    public async Task A_writer_that_is_lost_is_dropped_with_all_that_waits_and_nobody_is_told_to_catch_up()
    {
        var queue = new OutboundQueue(_writer, 1000, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        queue.TryEnqueue(Message(2), this);
        _writer.Fault = new IOException("gone");
        _writer.Release();
        await Soon.IsTrueAsync(() => _writer.IsAborted, "the transport to be dropped");

        queue.TryEnqueue(Message(3), this).ShouldBeTrue();
        queue.AwaitRoom(this).ShouldBeTrue();
        queue.EnqueueControl(Ping()).ShouldBeTrue();
        _writer.Messages.Count.ShouldBe(1);
        _failed.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_writer_that_is_lost_at_once_is_dropped_and_the_sender_lives_on()
    {
        var queue = new OutboundQueue(_writer, 1000, this);
        _writer.Fault = new IOException("gone");

        queue.TryEnqueue(Message(1), this).ShouldBeTrue();

        _writer.IsAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_fault_of_the_transport_is_told_to_the_listener_and_drops_the_writer()
    {
        var queue = new OutboundQueue(_writer, 1000, this);
        _writer.Hold();
        queue.TryEnqueue(Message(1), this);
        queue.TryEnqueue(Message(2), this);
        _writer.Fault = new InvalidOperationException("a bug");
        _writer.Release();

        (await _failed.Task.Within("the fault")).ShouldBeSameAs(_writer.Fault);
        _writer.IsAborted.ShouldBeTrue();
    }

    void IRoomListener.OnRoom() => Interlocked.Increment(ref _rooms);

    void IOutboundListener.OnFlushed(CloseCode code, string reason) => _flushed.SetResult(code);

    void IOutboundListener.OnSendFailed(Exception failure) => _failed.SetResult(failure);

    private EncodedFrames Message(int offset, int size = 10) => EncodedFrames.Of(
        Codec, Chat, [new LogMessage(offset, ScriptedChannel.Text(new string('x', size)), 0)]);

    private EncodedFrames Messages(int first, int last) => EncodedFrames.Of(
        Codec, Chat, [.. Enumerable.Range(first, last - first + 1).Select(i => new LogMessage(i, ScriptedChannel.Text("x"), 0))]);

    private EncodedFrames Ping() => EncodedFrames.Of(Codec, new ServerFrame.Ping());

    private EncodedFrames Goodbye() =>
        EncodedFrames.Of(Codec, new ServerFrame.Goodbye(CloseCode.Restart, "restart", new ReconnectAdvice(0, 1)));

    /// <summary>What a transport message holds: offsets of messages, types of all others.</summary>
    private static string Offsets(string message)
    {
        using var json = JsonDocument.Parse(message);
        var root = json.RootElement;
        var frames = root.ValueKind is JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root };
        return string.Join(' ', frames.Select(frame =>
            frame.TryGetProperty("offset", out var offset) ? offset.ToString() : frame.GetProperty("type").GetString()));
    }
}
