using Akka.Actor;
using Akka.Cluster.Sharding;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>Stands for a channel of a namespace that is not configured here; refuses and goes.</summary>
internal sealed class UnknownChannelActor : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChannelRequest.PublishMany many:
                foreach (var publish in many.Publishes)
                {
                    Sender.Tell(new ChannelReply.Refused(publish.Tag, ErrorCode.NotFound, NamespaceTable.Missing(many.Channel)));
                }

                Context.Parent.Tell(new Passivate(ChannelPassivation.Instance));
                break;
            case ChannelRequest request:
                Sender.Tell(new ChannelReply.Refused(request.Tag, ErrorCode.NotFound, NamespaceTable.Missing(request.Channel)));
                Context.Parent.Tell(new Passivate(ChannelPassivation.Instance));
                break;
            case ChannelPassivation or ChannelHandOff:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
