using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;

namespace Realtime.Tests.Sharding;

/// <summary>Asks once.</summary>
internal sealed class OneAnswer : IReplyReceiver
{
    public TaskCompletionSource<EntityReply> Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsGone { get; init; }

    public void OnReply(long tag, EntityReply reply) => Came.TrySetResult(reply);
}
