using Akka.Actor;
using Akka.Hosting;
using Akka.Routing;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Cluster;

namespace Realtime.Node.Channels.Keepers;

/// <summary>
/// One per node, of fixed path: gives the logs of memory channels that have stopped here to their next owners, and lets those start. A node that
/// leaves waits until nothing is left here, as long as something moves.
/// </summary>
internal sealed class ChannelKeeper : UntypedActor
{
    private const int RoundsPerSecond = 10;

    /// <summary>Owners that are started in one round: each reads its log and may have readers that wait.</summary>
    private const int MostWoken = 256;

    /// <summary>Rounds without a log less after which a node that leaves waits no longer.</summary>
    private const int Patience = 5 * RoundsPerSecond;

    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1) / RoundsPerSecond;

    private readonly KeptLogs _kept;
    private readonly IKeeperNodes _nodes;
    private readonly LogGiving<IActorRef> _giving = new();
    private readonly List<(IActorRef To, KeeperMessage Message)> _answers = [];
    private readonly Queue<ChannelName> _toWake = new();
    private readonly List<IActorRef> _awaitEmpty = [];
    private ICancelable? _timer;
    private bool _isLeaving;
    private int _rounds;
    private int _still;
    private int _lastCount;

    public ChannelKeeper(KeptLogs kept, IKeeperNodes nodes) => (_kept, _nodes) = (kept, nodes);

    /// <summary>Behind a router with one routee, because path and logs stay when that fails.</summary>
    public static Props PropsOf(KeptLogs kept, IKeeperNodes nodes) => Props.Create<ChannelKeeper>(kept, nodes)
        .WithRouter(new RoundRobinPool(1).WithSupervisorStrategy(new OneForOneStrategy(static _ => Directive.Restart)));

    protected override void PreStart()
    {
        if (!_kept.IsEmpty)
        {
            KeepTime();
        }
    }

    protected override void PostStop() => _timer?.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Left left:
                _giving.Left(left.Channel);
                _toWake.Enqueue(left.Channel);
                KeepTime();
                break;
            case KeeperMessage.Read read:
                _giving.Read(Sender, read, _kept.TryFind(read.Channel, out var log) ? log : null, _answers);
                Answer();
                break;
            case KeeperMessage.Take take:
                Give(take);
                Answer();
                break;
            case KeeperMessage.Wake wake:
                WakeHere(wake.Channels);
                break;
            case Round:
                _timer = null;
                OnRound();
                break;
            case Leaving:
                _isLeaving = true;
                break;
            case AwaitEmpty:
                _awaitEmpty.Add(Sender);
                KeepTime();
                break;
            case ChannelReply:
                break; // An owner that was woken is there.
            default:
                Unhandled(message);
                break;
        }
    }

    private void Give(KeeperMessage.Take take)
    {
        if (!_giving.MayTake(Sender, take, _kept.TryFind(take.Channel, out var log), _answers))
        {
            return;
        }

        if (_kept.TryTake(take.Channel, log!))
        {
            _giving.Given(Sender, take, _answers);
        }
        else
        {
            // Its channel has started here again meanwhile.
            _answers.Add((Sender, new KeeperMessage.NotKept(take.Channel, take.Attempt)));
        }
    }

    private void Answer()
    {
        foreach (var (asker, read) in _giving.Next())
        {
            _giving.Read(asker, read, _kept.TryFind(read.Channel, out var log) ? log : null, _answers);
        }

        _answers.ForEach(answer => answer.To.Tell(answer.Message, Self));
        _answers.Clear();
    }

    private void OnRound()
    {
        if (++_rounds % RoundsPerSecond == 0)
        {
            _giving.Tick();
            foreach (var channel in _toWake.Count == 0 ? _kept.Channels : [])
            {
                _toWake.Enqueue(channel);
            }
        }

        Wake();
        Answer();
        _still = _kept.Count < _lastCount ? 0 : _still + 1;
        _lastCount = _kept.Count;
        if (_awaitEmpty.Count > 0 && (_kept.IsEmpty || _still > Patience || _nodes.Successors.Count == 0))
        {
            _awaitEmpty.ForEach(waiting => waiting.Tell(new Emptied(_kept.Count), Self));
            _awaitEmpty.Clear();
        }

        if (!_kept.IsEmpty || _giving.ReadingCount > 0 || _awaitEmpty.Count > 0)
        {
            KeepTime();
        }
    }

    /// <summary>
    /// Owners start when they are sent something; without publishers and subscribers nobody else does it. The region of a node that leaves
    /// would hold what is sent to it, so another node's has to do it.
    /// </summary>
    private void Wake()
    {
        var channels = new List<ChannelName>();
        while (channels.Count < MostWoken && _toWake.TryDequeue(out var channel))
        {
            if (_kept.TryFind(channel, out _) && !_giving.IsAskedFor(channel))
            {
                channels.Add(channel);
            }
        }

        if (channels.Count == 0)
        {
            return;
        }

        if (!_isLeaving)
        {
            WakeHere(channels);
        }
        else if (_nodes.Successors is { Count: > 0 } others)
        {
            NodePlaces.On(Context, others[_rounds % others.Count], NodePlaces.ChannelKeeper).Tell(new KeeperMessage.Wake(channels), Self);
        }
    }

    private void WakeHere(IReadOnlyList<ChannelName> channels)
    {
        var region = ActorRegistry.For(Context.System).Get<ChannelRegion>();
        foreach (var channel in channels)
        {
            region.Tell(new ChannelRequest.Inspect(channel, 0, Brief: true), Self);
        }
    }

    private void KeepTime() => _timer ??= Context.System.Scheduler.ScheduleTellOnceCancelable(RoundTime, Self, new Round(), Self);

    /// <summary>A channel has stopped here and left its log.</summary>
    public sealed record Left(ChannelName Channel) : INoSerializationVerificationNeeded;

    /// <summary>This node's regions are about to stop.</summary>
    public sealed record Leaving : INoSerializationVerificationNeeded;

    /// <summary>The region has stopped: <see cref="Emptied"/> when nothing is left here, or nothing moves any more.</summary>
    public sealed record AwaitEmpty : INoSerializationVerificationNeeded;

    /// <param name="Remaining">Logs that nobody has taken; they are lost.</param>
    public sealed record Emptied(int Remaining) : INoSerializationVerificationNeeded;

    private sealed record Round : INoSerializationVerificationNeeded;
}
