using Akka.Actor;
using Akka.Event;

namespace Realtime.Node.Cluster;

/// <summary>Counts messages that reached no actor, by their type. A few are normal when shards move; a steady rate is a fault.</summary>
internal sealed class DeadLetterCounter(DeadLetterCounts counts) : UntypedActor
{
    public static Props Props(DeadLetterCounts counts) => Akka.Actor.Props.Create(() => new DeadLetterCounter(counts));

    protected override void PreStart() => Context.System.EventStream.Subscribe<AllDeadLetters>(Self);

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is AllDeadLetters letter)
        {
            counts.Add(letter.Message.GetType());
        }
    }
}
