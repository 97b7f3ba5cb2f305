using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Sessions;
using Realtime.Node.Events.Core;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Sessions.Core;

/// <summary>What a session's actor has to do after a step, in this order.</summary>
public abstract record SessionEffect
{
    private SessionEffect()
    {
    }

    public sealed record Reply(IActorRef To, SessionReply Message) : SessionEffect;

    public sealed record Tell(IActorRef Connection, SessionNews News) : SessionEffect;

    public sealed record TellChannel(ChannelRequest.Withdraw Request) : SessionEffect;

    /// <summary>To the session's next actor, through the region.</summary>
    public sealed record TellSuccessor(SessionRequest Request) : SessionEffect;

    /// <summary>Bring this to the outbox, and say its tag with <see cref="SessionInput.Reported"/> when it is there.</summary>
    internal sealed record Report(ReportBatch Batch) : SessionEffect;

    /// <param name="IsNew">The log was never written: nothing has to be read.</param>
    public sealed record StartLog(bool IsNew) : SessionEffect;

    public sealed record Append(JournalEvent Event) : SessionEffect;

    public sealed record CloseLog : SessionEffect;

    /// <summary>Ask the shard to stop this actor.</summary>
    public sealed record Passivate : SessionEffect;

    public sealed record Stop : SessionEffect;
}
