using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Channels.Keepers;
using Realtime.Node.Cluster;
using Realtime.Node.Events;
using Realtime.Node.Events.Writing;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>
/// A channel as a sharded entity: steps its <see cref="ChannelMachine"/> and does what that says. A durable channel's log is a child of
/// its own, whose failures the channel outlives: feeds, roster and what memory can answer go on meanwhile.
/// </summary>
internal sealed class ChannelActor : EntityActor
{
    private readonly ChannelMachine _machine;
    private readonly List<ChannelEffect> _effects = [];
    private readonly HostedChannels _hosted;
    private readonly ChannelName _name;
    private readonly EventLogChild? _log;
    private readonly IWriterLease _lease;
    private readonly ChannelMetrics _metrics;
    private readonly PeerWindows _peers;
    private readonly ChannelKeepers _keepers;
    private readonly EventReporting _reporting;
    private readonly WantedReports _wanted;
    private IActorRef? _pull;
    private ICancelable? _timer;
    private long _timerDue = long.MaxValue;
    private bool _isStopping;
    private bool _handsOff;

    public ChannelActor(ChannelName name, NamespacePolicy space, ChannelSettings settings)
    {
        _name = name;
        _hosted = settings.Hosted;
        _lease = settings.Logs.Lease;
        _peers = settings.Peers;
        _metrics = new ChannelMetrics(space, settings, Context.System.Scheduler);
        _keepers = settings.Keepers;
        _reporting = settings.Reporting;
        _wanted = new WantedReports(_reporting.Interest.WantsOccupancy(name), _reporting.Interest.WantsMembers(name));
        var isInMemory = space.Durability is Durability.Memory;
        var kept = isInMemory ? _keepers.TakeBack(name) : null;
        var pulls = isInMemory && kept is null && _keepers.Sources.Count > 0;
        _machine = new ChannelMachine(
            name, space, settings.Policy, NewEpoch(), Now, settings.Remembered.Take(name), awaitsLog: pulls || kept is not null, _wanted);
        _pull = pulls ? Context.Watch(Context.ActorOf(LogPullActor.PropsOf(name, _keepers), "log")) : null;
        if (kept is not null)
        {
            Step(new ChannelInput.LogTaken(kept));
        }

        _log = space.Durability is Durability.Journal ? new EventLogChild(Context, EntityIds.LogOf(name), settings.Logs) : null;
    }

    private static long Now => Context.System.Scheduler.Now.ToUnixTimeMilliseconds();

    public static Props Props(ChannelName name, NamespacePolicy space, ChannelSettings settings) =>
        Akka.Actor.Props.Create<ChannelActor>(name, space, settings);

    protected override void PreStart()
    {
        _hosted.Add(_name, Self);
        _metrics.OnStart();
        _log?.Start();
        SetTimer();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ChannelRequest request:
                Step(_metrics.OnRequest(request, Sender) with { Window = request is ChannelRequest.Listen ? _peers.Of(Sender) : null });
                break;
            case OutboxWriter.Written written:
                Step(new ChannelInput.Reported(written.Tag));
                break;
            case NodeRemoved removed:
                Step(new ChannelInput.NodeRemoved(removed.Node));
                break;
            case RenewalActor.Sweep:
                Step(ChannelInput.Sweep.Instance);
                break;
            case Tick:
                _timer = null;
                _timerDue = long.MaxValue;
                Step(ChannelInput.Tick.Instance);
                break;
            case ChannelPassivation or ChannelHandOff:
                (_isStopping, _handsOff) = (true, message is ChannelHandOff);
                _pull?.Tell(new LogPullActor.Stop(), Self);
                Step(ChannelInput.Stopping.Instance);
                StopWhenSettled();
                break;
            case LogPullActor.Over over when Sender.Equals(_pull):
                OnPulled(over);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_pull):
                // It has failed. The next message to this channel begins anew.
                Context.Stop(Self);
                break;
            case var _ when _log is not null && _log.Receive(message, out var isOurs) is var news && isOurs:
                if (news is not null)
                {
                    _metrics.OnLog(news);
                    Step(new ChannelInput.Log(news));
                }

                StopWhenSettled();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _hosted.Remove(_name, Self);
        _timer?.Cancel();
        _log?.PostStop();
        if (_handsOff && _machine.Keep() is { } log)
        {
            _keepers.Leave(_name, log);
        }

        StopReporting();
        _effects.Clear();
        _machine.SendMoved(_effects);
        Run();
        _metrics.OnStop();
    }

    /// <summary>From now on the next owner reports. One that feeds or a publish do not start is started here, if it has something to find out.</summary>
    private void StopReporting()
    {
        if (_wanted == default)
        {
            return;
        }

        _reporting.Writer.Tell(new OutboxWriter.Forget(OutboxPartition.Of(_name)), Self);
        if (_handsOff && _machine.Unreported is { } unreported && ClusterMembers.HaveAnotherNode(Context.System))
        {
            ActorRegistry.For(Context.System).Get<ChannelRegion>().Tell(unreported, ActorRefs.NoSender);
        }
    }

    /// <summary>The log is not restarted in place either: it recovers as a new actor, after a pause.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    private void Step(ChannelInput input)
    {
        _machine.Step(input, Now, _effects);
        Run();
        SetTimer();
    }

    private void Run()
    {
        for (var i = 0; i < _effects.Count; i++)
        {
            Run(_effects[i]);
        }

        _effects.Clear();
    }

    private void Run(ChannelEffect effect)
    {
        switch (effect)
        {
            // A process that slept finds its lease expired and acknowledges nothing: another may own the log.
            case ChannelEffect.Send { Message: ChannelReply.Published } when _log is not null && !_lease.IsHeld:
                break;
            case ChannelEffect.Send send:
                _metrics.OnAnswer(send);
                _peers.Of(send.To)?.Add(WireBytes.Of(send.Message));
                send.To.Tell(send.Message, Self);
                break;
            case ChannelEffect.BatchesHeld held:
                _metrics.OnHeld(held.Feeds);
                break;
            case ChannelEffect.Append append:
                var number = _log!.Append(append.Event);
                _metrics.OnAppend(append, number);
                _machine.Step(new ChannelInput.Appended(number), Now, _effects);
                break;
            case ChannelEffect.ReadLog read:
                _log!.Read(new LogRequest.Read(read.Tag, read.From, read.MostMessages, read.MostBytes));
                break;
            case ChannelEffect.FindTime find:
                _log!.Find(new LogRequest.FindTime(find.Tag, find.At, find.MovesTail));
                break;
            case ChannelEffect.Snapshot snapshot when _log!.IsUsable:
                _log.Snapshot(snapshot.SequenceNr, snapshot.State);
                break;
            case ChannelEffect.Snapshot:
                // The log is closing and takes its next snapshot after it was opened again.
                break;
            case ChannelEffect.Report report:
                _reporting.Writer.Tell(new OutboxWriter.Write(OutboxPartition.Of(_name), report.Batch), Self);
                break;
            case ChannelEffect.Passivate:
                Context.Parent.Tell(new Passivate(ChannelPassivation.Instance));
                break;
            case ChannelEffect.StopFenced:
                Context.Stop(Self);
                break;
            default:
                throw new InvalidOperationException($"nothing is known to do for {effect}");
        }
    }

    /// <summary>A log whose outcomes are unknown recovers first, so that those who wait are answered.</summary>
    private void StopWhenSettled()
    {
        if (_isStopping && _pull is null && (_log is null || _log.Close()))
        {
            Context.Stop(Self);
        }
    }

    private void OnPulled(LogPullActor.Over over)
    {
        Context.Unwatch(_pull!);
        _pull = null;
        if (!over.WasStopped)
        {
            Step(new ChannelInput.LogTaken(over.Log));
        }

        StopWhenSettled();
    }

    /// <summary>One timer, for whatever is due first. What is put off meanwhile makes it fire for nothing, which is cheaper than moving it.</summary>
    private void SetTimer()
    {
        if (_machine.Due is not { } due || due >= _timerDue)
        {
            return;
        }

        _timer?.Cancel();
        _timerDue = due;
        var delay = TimeSpan.FromMilliseconds(Math.Max(1, due - Now));
        _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(delay, Self, Tick.Instance, Self);
    }

    private static Epoch NewEpoch()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new Epoch(Math.Max(1, BitConverter.ToUInt64(bytes)));
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
