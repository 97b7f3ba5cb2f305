using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Events;
using Realtime.Node.Events.Writing;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions.Core;

namespace Realtime.Node.Sessions;

/// <summary>
/// A session as a sharded entity: steps its <see cref="SessionMachine"/> and does what that says. Its log is a child of its own that runs
/// only while there is something to read back or to write. At most one scheduled message waits.
/// </summary>
internal sealed class SessionActor : EntityActor
{
    private readonly SessionSettings _settings;
    private readonly IActorRef _channels;
    private readonly SessionId _id;
    private readonly SessionMachine _machine;
    private EventLogChild? _log;
    private JournalEvent? _newest;
    private long _lastAppend;
    private IActorRef? _followed;
    private ICancelable? _tick;
    private long _tickAt = long.MaxValue;
    private bool _isCounted;
    private bool _hasStopped;

    public SessionActor(SessionSettings settings, IActorRef channels)
    {
        _settings = settings;
        _channels = channels;
        _id = SessionId.TryParse(Self.Path.Name, out var id)
            ? id
            : throw new ActorInitializationException($"{Self.Path.Name} is no session id");
        _machine = new SessionMachine(id, settings.Policy, settings.Self, settings.Reporting.Interest.WantsSessions);
    }

    private static long Now => Context.System.Scheduler.Now.ToUnixTimeMilliseconds();

    /// <summary>One for all sessions of a node: the actor's name says which it is.</summary>
    /// <param name="channels">The region of channels.</param>
    public static Props Props(SessionSettings settings, IActorRef channels) => Akka.Actor.Props.Create<SessionActor>(settings, channels);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SessionRequest request when _machine.Actor is ActorPhase.Passivating:
                // It reached the mailbox before the shard knew; the next actor of this session answers.
                ActorRegistry.For(Context.System).Get<SessionRegion>().Forward(request);
                break;
            case SessionRequest request:
                Step(new SessionInput.Asked(request, Sender));
                break;
            case ChannelReply reply:
                Step(new SessionInput.ChannelAnswered(reply));
                break;
            case OutboxWriter.Written written:
                Step(new SessionInput.Reported(written.Tag));
                break;
            case HolderChange.Lost lost:
                Step(new SessionInput.ConnectionStopped(lost.Connection));
                break;
            case Tick:
                (_tick, _tickAt) = (null, long.MaxValue);
                Step(new SessionInput.Tick());
                break;
            case SessionHandOff:
                Step(new SessionInput.HandOff());
                break;
            case SessionPassivation:
                Context.Stop(Self);
                break;
            case Forget:
                break;
            case var _ when _log is not null && _log.Receive(message, out var isOurs) is var news && isOurs:
                OnLog(news);
                break;
            case Terminated terminated:
                Step(new SessionInput.ConnectionStopped(terminated.ActorRef));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PreStart()
    {
        _isCounted = true;
        _settings.Metrics.CountSession(1);
    }

    protected override void PostStop()
    {
        // A failing instance comes here twice: before its restart, and when it is stopped instead.
        if (_hasStopped)
        {
            return;
        }

        _hasStopped = true;
        if (_isCounted)
        {
            _settings.Metrics.CountSession(-1);
        }

        _tick?.Cancel();
        _log?.PostStop();
        if (_machine.IsReporting)
        {
            _settings.Reporting.Writer.Tell(new OutboxWriter.Forget(OutboxPartition.Of(_id)), Self);
        }

        Follow(null);
        _machine.Holder?.Connection.Tell(new SessionNews.Moved(_id), Self);
    }

    private void OnLog(LogNews? news)
    {
        switch (news)
        {
            case LogNews.RecoveryStarted:
                _newest = null;
                break;
            case LogNews.Replayed replayed:
                _newest = replayed.Events.Select(logged => logged.Body)
                    .LastOrDefault(body => body is JournalEvent.SessionSaved or JournalEvent.Ended) ?? _newest;
                break;
            case LogNews.Recovered recovered:
                var record = (_newest as JournalEvent.SessionSaved)?.Record;
                var hasEnded = _newest is JournalEvent.Ended;
                _newest = null;
                Step(new SessionInput.LogRecovered(record, hasEnded, recovered.SequenceNr > 0, _lastAppend <= recovered.CommittedThrough));
                break;
            case LogNews.Committed:
                Step(new SessionInput.LogCommitted());
                break;
            case LogNews.Unavailable unavailable:
                Step(new SessionInput.LogUnavailable(
                    unavailable.RetryAfter, unavailable.Reason is StoreFailureKind.StorageFull, unavailable.NothingWritten, unavailable.IsFinal));
                break;
            case LogNews.Closed:
                Step(new SessionInput.LogClosed());

                // An actor's cell keeps the sender of its last message. Here that is the log that has stopped: a kilobyte for each idle session.
                Self.Tell(Forget.Instance, ActorRefs.NoSender);
                break;
            case LogNews.Fenced:
                Step(new SessionInput.LogFenced());
                break;
        }
    }

    private void Step(SessionInput input)
    {
        // Effects live for one step; most steps have a few, and sessions are many, so the list is not kept.
        var effects = new List<SessionEffect>();
        _machine.Step(input, Now, effects);
        Follow(_machine.Holder?.Connection);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        SetTick();
    }

    private void Do(SessionEffect effect)
    {
        switch (effect)
        {
            case SessionEffect.Reply reply:
                if (reply.Message is SessionReply.Attached)
                {
                    SayHeldFromAfar();
                }

                reply.To.Tell(reply.Message, Self);
                break;
            case SessionEffect.Tell tell:
                tell.Connection.Tell(tell.News, Self);
                break;
            case SessionEffect.TellChannel tell:
                _channels.Tell(tell.Request, Self);
                break;
            case SessionEffect.TellSuccessor when !_settings.HasSuccessor(Context.System):
                // The node goes down alone. What a restart knows of the session is its record; channels give its presence the grace of orphans.
                break;
            case SessionEffect.TellSuccessor tell:
                ActorRegistry.For(Context.System).Get<SessionRegion>().Tell(tell.Request, ActorRefs.NoSender);
                break;
            case SessionEffect.Report report:
                _settings.Reporting.Writer.Tell(new OutboxWriter.Write(OutboxPartition.Of(_id), report.Batch), Self);
                break;
            case SessionEffect.StartLog start:
                StartLog(start.IsNew);
                break;
            case SessionEffect.Append append:
                _lastAppend = _log!.Append(append.Event);
                break;
            case SessionEffect.CloseLog:
                if (_log!.Close())
                {
                    Step(new SessionInput.LogClosed());
                }

                break;
            case SessionEffect.Passivate:
                Context.Parent.Tell(new Passivate(SessionPassivation.Instance));
                break;
            case SessionEffect.Stop:
                Context.Stop(Self);
                break;
        }
    }

    private void StartLog(bool isNew)
    {
        var name = EntityIds.LogOf(_id);
        if (isNew)
        {
            _settings.NewIds.Add(name);
        }

        _log ??= new EventLogChild(Context, name, _settings.Logs);
        _log.Start();
    }

    /// <summary>
    /// Watches a connection of this node. Those of others are renewed by their node: watching very many is more than the wire between nodes
    /// carries.
    /// </summary>
    private void Follow(IActorRef? connection)
    {
        if (Equals(connection, _followed))
        {
            return;
        }

        if (_followed is not null && IsHere(_followed))
        {
            Context.Unwatch(_followed);
        }
        else if (_followed is not null && (connection is null || IsHere(connection)))
        {
            _settings.Holders.Tell(new HolderChange.Released(_id), Self);
        }

        _followed = connection;
        if (connection is not null && IsHere(connection))
        {
            Context.Watch(connection);
        }
    }

    /// <summary>With each answer to an attach, before the connection has it: from then on its node renews.</summary>
    private void SayHeldFromAfar()
    {
        if (_machine.Holder is { } holder && !IsHere(holder.Connection))
        {
            _settings.Holders.Tell(
                new HolderChange.Held(holder.Connection, new SessionHold(_id, _machine.Attachment, holder.ConnectionId)), Self);
        }
    }

    private static bool IsHere(IActorRef connection) => connection.Path.Address.HasLocalScope;

    /// <summary>An earlier tick than wanted does no harm: nothing is due then, and the next one is set.</summary>
    private void SetTick()
    {
        var now = Now;
        if (_machine.NextTick(now) is not { } wanted || wanted >= _tickAt)
        {
            return;
        }

        _tick?.Cancel();
        _tickAt = wanted;
        _tick = Context.System.Scheduler.ScheduleTellOnceCancelable(
            TimeSpan.FromMilliseconds(Math.Max(1, wanted - now)), Self, Tick.Instance, ActorRefs.NoSender);
    }

    private sealed class Forget : INoSerializationVerificationNeeded
    {
        public static Forget Instance { get; } = new();
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
