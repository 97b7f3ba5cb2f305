using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>Answers what other nodes, or this one, want to know of this node for their operators. What the bytes mean is not the engine's business.</summary>
public interface IInquiryReceiver
{
    /// <summary>Called on any thread, for several questions at a time. What it throws the asker is told as a failure, without its details.</summary>
    /// <param name="cancellation">Nobody waits for the answer any more: the link to the asker was lost.</param>
    Task<ReadOnlyMemory<byte>> AnswerAsync(NodeId from, ReadOnlyMemory<byte> question, CancellationToken cancellation);
}
