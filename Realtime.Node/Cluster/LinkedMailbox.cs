using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Realtime.Node.Cluster;

/// <summary>
/// The mailbox of actors that ask for no other. Akka's own holds a queue whose first segment has room for 32 messages, about 1 KB, which is more than half of an
/// idle actor; this one holds one node of 40 bytes (docs/decisions/0019-akka.md).
/// </summary>
public sealed class LinkedMailbox : MailboxType, IProducesMessageQueue<LinkedMessageQueue>
{
    public LinkedMailbox()
        : this(null!, Config.Empty)
    {
    }

    public LinkedMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new LinkedMessageQueue();
}
