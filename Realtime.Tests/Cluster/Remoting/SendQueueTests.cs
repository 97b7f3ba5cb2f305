using Google.Protobuf;
using Realtime.Node.Cluster.Remoting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Remoting;

/// <summary>What waits for a node that does not read: Akka keeps the rest, and sends heartbeats first.</summary>
public sealed class SendQueueTests
{
    private readonly SendQueue _queue = new(mostBytes: 100);

    [Fact]
    public void A_frame_beyond_the_bound_is_taken_only_where_nothing_waits()
    {
        _queue.TryAdd(Frame(150)).ShouldBeTrue();

        _queue.TryAdd(Frame(1)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_sent_makes_room_and_after_the_end_there_is_none()
    {
        _queue.TryAdd(Frame(60)).ShouldBeTrue();
        _queue.TryAdd(Frame(60)).ShouldBeFalse();
        using var stream = new MemoryStream();
        var sending = Task.Run(() => _queue.WriteTo(stream), TestContext.Current.CancellationToken);

        await Soon.IsTrueAsync(() => _queue.TryAdd(Frame(60)), "room for the second frame");

        _queue.End();
        await sending.Within("all to be sent");
        stream.Length.ShouldBe(2 * (sizeof(int) + 60));
        _queue.TryAdd(Frame(1)).ShouldBeFalse();
    }

    private static ByteString Frame(int bytes) => ByteString.CopyFrom(new byte[bytes]);
}
