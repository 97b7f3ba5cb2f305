using Akka.Actor;
using Realtime.Node.Persistence;

namespace Realtime.Tests.Persistence;

/// <summary>An entity that passes all news of its log to the test, answers wanted snapshots, and does what the test tells it.</summary>
internal sealed class LogParent : UntypedActor
{
    private readonly IActorRef _test;
    private readonly EventLogChild _log;

    public LogParent(IActorRef test, string persistenceId, EventLogSettings settings)
    {
        _test = test;
        _log = new EventLogChild(Context, persistenceId, settings);
    }

    /// <summary>Restarts what fails, unless it stops by itself: Akka's default, and a log has to bear it.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.DefaultStrategy;

    protected override void PreStart() => _log.Start();

    protected override void PostStop() => _log.PostStop();

    protected override void OnReceive(object message)
    {
        if (message is Command command)
        {
            command.Do(_log);
            return;
        }

        var news = _log.Receive(message, out var isOurs);
        isOurs.ShouldBeTrue();
        if (news is LogNews.SnapshotDue due)
        {
            _log.Snapshot(due.SequenceNr, Realtime.Node.Persistence.Events.ChannelState.Empty with { Bytes = due.SequenceNr });
        }

        if (news is not null)
        {
            _test.Tell(news);
        }
    }

    internal sealed record Command(Action<EventLogChild> Do) : INoSerializationVerificationNeeded;
}
