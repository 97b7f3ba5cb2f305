using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Members;

/// <summary>
/// Makes this node a member of the cluster that works on its store, or founds it. Tries again until the node is Up, notes that in its row, and ends. A node that was let in and does not
/// come Up gives up.
/// </summary>
internal sealed class ClusterJoiner : UntypedActor
{
    /// <summary>Of one attempt: longer than a healthy member takes to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IMemberRows _rows;
    private readonly TimeProvider _time;
    private readonly ClusterLogging _log;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly RowClock _clock = new();
    private readonly JoinPatience _patience = new();
    private readonly IDisposable _hurry;
    private readonly Action<MemberPicture> _pictured;
    private long? _trying;
    private Stage _stage = Stage.Silent;

    public ClusterJoiner(IMemberRows rows, TimeProvider time, ClusterLogging log)
    {
        (_rows, _time, _log) = (rows, time, log);
        _hurry = rows.Hurry();
        var self = Self;
        _pictured = picture => self.Tell(new Pictured(picture), ActorRefs.NoSender);
    }

    /// <summary>What the row says already, and what is being written.</summary>
    private enum Stage
    {
        /// <summary>Nothing yet.</summary>
        Silent,

        /// <summary>Something is being written, and the outcome is not known.</summary>
        Writing,

        /// <summary>Where the actor system listens.</summary>
        Announced,

        /// <summary>This node is Up, which the row does not say yet.</summary>
        Up,
    }

    public static Props PropsOf(IMemberRows rows, TimeProvider time, ClusterLogging log) => Props.Create(() => new ClusterJoiner(rows, time, log));

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp));
        _rows.Pictured += _pictured;
    }

    protected override void PostStop()
    {
        _rows.Pictured -= _pictured;
        _cluster.Unsubscribe(Self);
        _hurry.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Pictured pictured:
                See(pictured.Picture);
                break;
            case ClusterEvent.MemberUp { Member: var member }:
                if (member.UniqueAddress == _cluster.SelfUniqueAddress)
                {
                    Write(_rows.JoinedAsync(), Stage.Up, () => Context.Stop(Self));
                }

                break;
            case Written written:
                written.Then();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void See(MemberPicture picture)
    {
        _clock.See(picture, Moment(picture.Began));
        switch (_stage)
        {
            case Stage.Silent:
                var address = new MemberAddress($"{_cluster.SelfAddress}", _cluster.SelfUniqueAddress.Uid);
                Write(_rows.AnnounceAsync(address), Stage.Silent, () => _stage = Stage.Announced);
                break;
            case Stage.Announced:
                Try(picture);
                break;
            case Stage.Up:
                Write(_rows.JoinedAsync(), Stage.Up, () => Context.Stop(Self));
                break;
        }
    }

    private void Try(MemberPicture picture)
    {
        var isMember = _cluster.State.Members.Any(member => member.UniqueAddress == _cluster.SelfUniqueAddress);
        if (_patience.IsOver(isMember, Moment(picture.Began)))
        {
            _rows.Resign("the node that let it in was given up, and those that are left do not know it");
        }

        if (isMember || (_trying is { } began && _time.GetElapsedTime(began) < Patience))
        {
            return;
        }

        switch (JoinDecision.Next(picture, _rows.Self, $"{_cluster.SelfAddress}", _clock, Moment(_time.GetTimestamp())))
        {
            case JoinStep.Join join:
                _log.Joining(string.Join(", ", join.Addresses));
                _trying = _time.GetTimestamp();
                _cluster.JoinSeedNodes(join.Addresses.Select(Address.Parse).ToImmutableList());
                break;
            case JoinStep.Found:
                Write(_rows.FoundAsync(picture), Stage.Announced, Found);
                break;
        }
    }

    private void Found()
    {
        _log.Founding();
        _stage = Stage.Announced;
        _trying = _time.GetTimestamp();
        _cluster.Join(_cluster.SelfAddress);
    }

    private void Write(Task task, Stage otherwise, Action then)
    {
        _stage = Stage.Writing;
        task.PipeTo(
            Self,
            ActorRefs.NoSender,
            success: () => new Written(then),
            failure: _ => new Written(() => _stage = otherwise));
    }

    private void Write(Task<bool> task, Stage otherwise, Action then)
    {
        _stage = Stage.Writing;
        task.PipeTo(
            Self,
            ActorRefs.NoSender,
            success: isDone => new Written(isDone ? then : () => _stage = otherwise),
            failure: _ => new Written(() => _stage = otherwise));
    }

    private TimeSpan Moment(long timestamp) => _time.GetElapsedTime(0, timestamp);

    private sealed record Pictured(MemberPicture Picture) : INoSerializationVerificationNeeded;

    private sealed record Written(Action Then) : INoSerializationVerificationNeeded;
}
