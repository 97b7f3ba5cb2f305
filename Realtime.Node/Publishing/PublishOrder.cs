using Realtime.Messages.Channels;

namespace Realtime.Node.Publishing;

/// <summary>A publish with who waits for its answer.</summary>
/// <param name="Number">Of this waiter's publishes.</param>
internal sealed record PublishOrder(ChannelRequest.Publish Publish, IPublishWaiter Waiter, int Number)
{
    /// <summary>When it was first sent to its channel; 0: it waits.</summary>
    public long SentAt { get; set; }

    public int Size => Publish.Payload.Length + 64;
}
