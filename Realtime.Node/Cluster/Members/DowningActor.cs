using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Cluster.Members;

/// <summary>
/// Looks at members and rows with each renewal of the own row and does what <see cref="DowningDecision"/> says. A node that the others have given up gives up itself.
/// </summary>
internal sealed class DowningActor : UntypedActor
{
    private readonly IMemberRows _rows;
    private readonly TimeProvider _time;
    private readonly ClusterLogging _log;
    private readonly bool _decides;
    private readonly DowningDecision _decision;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Action<MemberPicture> _pictured;
    private IDisposable? _hurry;
    private bool _isJudging;

    public DowningActor(MemberRowsSetup setup, bool decides)
    {
        (_rows, _time, _log, _decides) = (setup.Rows, setup.Time, setup.Log, decides);
        _decision = new DowningDecision(_rows.Self);
        var self = Self;
        _pictured = picture => self.Tell(new Pictured(picture), ActorRefs.NoSender);
    }

    /// <param name="decides">False: only says whom it misses.</param>
    public static Props PropsOf(MemberRowsSetup setup, bool decides) => Props.Create(() => new DowningActor(setup, decides));

    protected override void PreStart()
    {
        _rows.Pictured += _pictured;
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberDowned));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
    }

    protected override void PostStop()
    {
        _rows.Pictured -= _pictured;
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
        _hurry?.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Pictured pictured:
                Decide(pictured.Picture);
                break;
            case Judged judged:
                _isJudging = false;
                judged.Say();
                break;
            case ClusterEvent.MemberDowned { Member: var member }:
                if (member.UniqueAddress == _cluster.SelfUniqueAddress)
                {
                    _rows.Resign("the other nodes have declared it down");
                }

                break;
            case ThisActorSystemQuarantinedEvent quarantined:
                Quarantined(quarantined.RemoteAddress);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Decide(MemberPicture picture)
    {
        var plan = _decision.Next(picture, Moment(picture.Began), Members(), Moment(_time.GetTimestamp()));
        if (!plan.Missed.SequenceEqual(_rows.Unreachable))
        {
            _rows.Unreachable = plan.Missed;
        }

        if (_decides)
        {
            Carry(plan, picture);
        }

        if (!plan.IsHurried)
        {
            _hurry?.Dispose();
            _hurry = null;
        }
        else
        {
            _hurry ??= _rows.Hurry();
        }
    }

    private void Carry(DowningPlan plan, MemberPicture picture)
    {
        foreach (var address in plan.Newly)
        {
            _log.Downing(picture.Rows.LastOrDefault(row => row.Address == address)?.Node.Name ?? "a node without a row", address);
        }

        foreach (var address in plan.Downs)
        {
            _cluster.Down(Address.Parse(address.Text));
        }

        if (plan.Verdict is { } verdict && !_isJudging)
        {
            Judge(picture, verdict);
        }
    }

    /// <summary>One that was not written is decided anew upon the next picture.</summary>
    private void Judge(MemberPicture picture, MemberVerdict verdict)
    {
        _isJudging = true;
        var losers = string.Join(", ", verdict.Losers.Select(loser => picture.Find(loser)?.Node));
        _rows.JudgeAsync(picture, verdict).PipeTo(
            Self,
            ActorRefs.NoSender,
            success: isWritten => new Judged(() =>
            {
                if (isWritten)
                {
                    _log.Judged(losers, verdict.Reason);
                }
            }),
            failure: fault => new Judged(() => _log.NotJudged(fault, losers)));
    }

    /// <summary>A peer that is given up itself has nothing to say, and to a node that has left it is no news.</summary>
    private void Quarantined(Address by)
    {
        var isMember = !_cluster.IsTerminated && _cluster.State.Members.Any(member => member.Address == by);
        var row = _rows.Picture?.Rows.LastOrDefault(row => row.Address?.Text == $"{by}");
        if (isMember && row is { Verdict: null })
        {
            _rows.Resign($"node {row.Node} has quarantined it");
        }
    }

    private List<ClusterMember> Members()
    {
        var state = _cluster.State;
        return [.. state.Members.Where(member => member.UniqueAddress != _cluster.SelfUniqueAddress).Select(member => new ClusterMember(
            new MemberAddress($"{member.Address}", member.UniqueAddress.Uid),
            state.Unreachable.Contains(member),
            _cluster.FailureDetector.IsMonitoring(member.Address) && !_cluster.FailureDetector.IsAvailable(member.Address)))];
    }

    private TimeSpan Moment(long timestamp) => _time.GetElapsedTime(0, timestamp);

    private sealed record Pictured(MemberPicture Picture) : INoSerializationVerificationNeeded;

    private sealed record Judged(Action Say) : INoSerializationVerificationNeeded;
}
