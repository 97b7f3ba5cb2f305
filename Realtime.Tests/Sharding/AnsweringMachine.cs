using Realtime.Cluster.Sharding;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Sharding;

/// <summary>Answers inquiries as the test says.</summary>
internal sealed class AnsweringMachine(Func<NodeId, ReadOnlyMemory<byte>, CancellationToken, Task<ReadOnlyMemory<byte>>> answer) : IInquiryReceiver
{
    public Task<ReadOnlyMemory<byte>> AnswerAsync(NodeId from, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        answer(from, question, cancellation);
}
