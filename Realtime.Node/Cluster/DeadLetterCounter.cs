using Akka.Actor;
using Akka.Event;

namespace Realtime.Node.Cluster;

/// <summary>
/// Counts messages that reached no actor, by their type, and those that their actor did not know. What is known to come too late now and then
/// is not counted (<see cref="IDeadLetterSuppression"/>), so that a steady rate of the former is a fault, and so is each of the latter.
/// </summary>
internal sealed class DeadLetterCounter(DeadLetterCounts counts) : UntypedActor
{
    public static Props Props(DeadLetterCounts counts) => Akka.Actor.Props.Create(() => new DeadLetterCounter(counts));

    protected override void PreStart() => Context.System.EventStream.Subscribe<AllDeadLetters>(Self);

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            // Akka counts them among dead letters.
            case UnhandledMessage:
                counts.AddUnhandled();
                break;
            case SuppressedDeadLetter:
                break;
            case AllDeadLetters letter:
                counts.Add(letter.Message.GetType());
                break;
        }
    }
}
