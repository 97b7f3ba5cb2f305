using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Realtime.Node.Cluster;

/// <summary>
/// An unbounded queue with many producers and one consumer (D. Vyukov, "Non-intrusive MPSC node-based queue", 1024cores.net). A message whose producer has
/// not finished is not seen, nor what comes after it; Akka schedules the mailbox again after each <see cref="Enqueue"/>.
/// </summary>
public sealed class LinkedMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private Node _newest;

    /// <summary>The node before the oldest message: its own is taken already.</summary>
    private Node _taken;

    public LinkedMessageQueue() => _newest = _taken = new Node(default);

    public bool HasMessages => Volatile.Read(ref _taken.Next) is not null;

    /// <summary>Counts them: for diagnosis alone.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var node = Volatile.Read(ref _taken.Next); node is not null; node = Volatile.Read(ref node.Next))
            {
                count++;
            }

            return count;
        }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var node = new Node(envelope);
        Volatile.Write(ref Interlocked.Exchange(ref _newest, node).Next, node);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (Volatile.Read(ref _taken.Next) is not { } oldest)
        {
            envelope = default;
            return false;
        }

        envelope = oldest.Envelope;

        // The node stays as the one before the next; its message must not.
        oldest.Envelope = default;
        _taken = oldest;
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
        {
            deadletters.Enqueue(owner, envelope);
        }
    }

    private sealed class Node(Envelope envelope)
    {
        public Node? Next;

        public Envelope Envelope = envelope;
    }
}
