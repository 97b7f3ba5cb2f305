using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Channels;

/// <summary>
/// Stands where a channel of no configured namespace would. Clients are refused at the door; operators, and nodes with other namespaces, come this far.
/// </summary>
internal sealed class UnknownChannel(EntityAddress address, IEntityHost host) : Entity(address, host)
{
    private static readonly EntityReply.Refused Refusal = new(ErrorCode.NotFound, "no such namespace is configured");

    protected override void Receive(EntityInput input)
    {
        if (input.Message is EntityMessage)
        {
            input.ReplyTo.Send(Refusal);
        }

        Stop();
    }
}
