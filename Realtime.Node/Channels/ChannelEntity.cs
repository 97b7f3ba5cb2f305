using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>The shell of a channel: loads its log on the first message, steps the machine and does what it says.</summary>
internal sealed class ChannelEntity : LoadingEntity<OpenLog>, IWriteReceiver, ITimerTarget
{
    private readonly ChannelServices _services;
    private readonly NamespacePolicy _space;
    private readonly ChannelMachine _machine;
    private readonly ChannelReads _reads;
    private readonly ChannelTimers _timers;
    private readonly ChannelMeter _meter;
    private readonly List<ChannelEffect> _effects = [];
    private readonly ReadOnlyMemory<byte>? _import;
    private readonly ChannelName _name;
    private ChannelState? _inherited;
    private ChannelEnding _ending;

    /// <summary>What came since the end was begun: for the next owner.</summary>
    private List<EntityInput>? _held;
    private List<NodeId>? _gone;
    private bool _touched;

    public ChannelEntity(EntityAddress address, IEntityHost host, ChannelServices services, ReadOnlyMemory<byte>? import)
        : base(address, host)
    {
        _services = services;
        _import = import;
        _name = ChannelName.FromStore(address.Key);
        _space = services.Namespaces.Of(_name);
        _machine = new ChannelMachine(_name, _space, services.Policy);
        _reads = new ChannelReads(services, _space, _machine.Log, Signal, this, ChannelTimers.ResolveTag);
        _timers = new ChannelTimers(services, _machine, this);
        _meter = new ChannelMeter(services, _space);
        if (import is not null)
        {
            // At once, not on the first message: the claims of members run out, and listeners count on being told.
            Tell(new EntityInput(new TakeOver()));
        }
    }

    protected override ReadOnlyMemory<byte>? Import => _import;

    public void OnWritten(object request, WriteOutcome outcome) => Signal(new ChannelInput.Written((AppendRequest)request, outcome));

    public void OnTimer(int tag) => Tell(new EntityInput(new TimerFired(tag)));

    protected override void Handle(EntityInput input)
    {
        switch (input.Message)
        {
            case ChannelRequest when _ending is ChannelEnding.HandOff or ChannelEnding.Lost:
                (_held ??= []).Add(input);
                break;
            case ChannelRequest request:
                _touched |= request is not ChannelRequest.Inspect;
                Step(_meter.Take(request, input.ReplyTo));
                break;
            case ChannelInput signal:
                _reads.Took(signal);
                _meter.Note(signal);
                Step(signal);
                break;
            case TimerFired { Tag: ChannelTimers.IdleTag }:
                LookForIdleness();
                break;
            case TimerFired { Tag: ChannelTimers.ResolveTag }:
                _reads.Resolve();
                break;
            case TimerFired timer:
                Step(_timers.Fired(timer.Tag));
                break;
            case TakeOver:
                BeginLoad();
                break;
            case Leave:
                End(ChannelEnding.Leave);
                break;
            case HandOff:
                End(ChannelEnding.HandOff);
                break;
            case Lost:
                End(ChannelEnding.Lost);
                break;
            case OwnersMoved moved:
                Step(new ChannelInput.OwnersMoved(moved.Change));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.Message, "is not for channels");
        }
    }

    protected override void TurnEnded()
    {
        // At the end of the turn, so that publishes that came together share an append, and their messages a run to every subscriber.
        if (IsLoaded && _machine.HasPublishesAtHand)
        {
            Step(ChannelInput.TurnEnded.Instance);
        }
    }

    protected override ValueTask<OpenLog> LoadAsync()
    {
        if (_import is { } import)
        {
            _inherited = ChannelStateReader.Read(import, _services.Log);
        }

        // A log in memory begins a new life with each owner that was not given it: its epoch must never repeat.
        return _space.Durability is Durability.Journal
            ? _reads.OpenAsync(_name, Host.Fence)
            : ValueTask.FromResult(new OpenLog(default, _services.MintEpoch(), 0, 1, 0, []));
    }

    protected override void Start(OpenLog state)
    {
        _machine.Open(state, new ChannelOwner(Host.Self, Host.Fence), _inherited, Now, _effects);
        _reads.HideExpired();
        _inherited = null;
        DoEffects();
        _timers.Start();
        _timers.AwaitWhatIsDue(Now);
    }

    protected override EntityReply.Refused CannotLoad(Exception failure)
    {
        _services.Log.ChannelCannotOpen(failure);
        return new EntityReply.Refused(ErrorCode.Unavailable, "the channel cannot be loaded now", 1000);
    }

    protected override void Stopped(Exception? failure)
    {
        base.Stopped(failure);
        _meter.Stopped();
        var listeners = IsLoaded ? _machine.Listeners : _inherited?.Listeners.Select(listener => listener.Node) ?? [];
        foreach (var node in listeners)
        {
            _services.Listeners.Note(Host.Fence, _name, node, null);

            // A next owner has been given the listeners, or they have been told of it: to send them here again would be a detour.
            if (failure is not null || _ending is ChannelEnding.None or ChannelEnding.Leave)
            {
                Host.TellNode(node, new ChannelNews.Forgotten(_name));
            }
        }
    }

    private void LookForIdleness()
    {
        foreach (var node in _machine.Listeners.Where(node => !Host.IsMember(node)).ToList())
        {
            Step(new ChannelInput.NodeGone(node));
        }

        if (!_touched && _machine.CanPassivate)
        {
            Stop();
        }

        _touched = false;
        if (!IsStopped)
        {
            _timers.AwaitIdleness();
        }
    }

    private void End(ChannelEnding why)
    {
        _ending = why > _ending ? why : _ending;
        if (_ending is ChannelEnding.Leave)
        {
            StopIfEnded();
        }
        else
        {
            Step(ChannelInput.Ending.Instance);
        }
    }

    private void Step(ChannelInput input)
    {
        _machine.Step(input, Now, _effects);
        DoEffects();
        StopIfEnded();
        if (!IsStopped)
        {
            _timers.AwaitWhatIsDue(Now);
        }
    }

    private void StopIfEnded()
    {
        switch (_ending)
        {
            case ChannelEnding.Leave when _machine.CanPassivate || !_machine.HasWritesUnderWay:
                Stop();
                break;
            case ChannelEnding.HandOff or ChannelEnding.Lost when !_machine.IsAppending && _reads.UnderWay == 0 && !IsStopped:
                HandOverAll();
                var state = _machine.Export(Now);
                if (_ending is ChannelEnding.HandOff && !state.IsEmpty)
                {
                    StopWith(ChannelStateWriter.ToBytes(state));
                }
                else
                {
                    Stop();
                }

                break;
        }
    }

    private void HandOverAll()
    {
        _machine.Step(ChannelInput.Ended.Instance, Now, _effects);
        DoEffects();
        _held?.ForEach(HandOver);
        _held = null;
    }

    private void DoEffects()
    {
        for (var i = 0; i < _effects.Count && !IsStopped; i++)
        {
            Do(_effects[i]);
        }

        _effects.Clear();
        if (_gone is { } gone)
        {
            _gone = null;
            gone.ForEach(node => _machine.Step(new ChannelInput.NodeGone(node), Now, _effects));
            DoEffects();
        }
    }

    private void Do(ChannelEffect effect)
    {
        _meter.Note(effect);
        switch (effect)
        {
            case ChannelEffect.Reply reply:
                reply.To.Send(reply.Message);
                break;
            case ChannelEffect.Tell tell:
                Host.TellNode(tell.Node, tell.News);
                if (!Host.IsMember(tell.Node))
                {
                    (_gone ??= []).Add(tell.Node);
                }

                break;
            case ChannelEffect.Probe probe:
                Host.Tell(EntityAddress.Of(probe.Session), new SessionRequest.Probe(_name));
                break;
            case ChannelEffect.Append append:
                _services.Journal.Append(append.Request, this);
                break;
            case ChannelEffect.ReadStore read:
                _reads.Read(read.Read);
                break;
            case ChannelEffect.FindTime find:
                _reads.Find(find);
                break;
            case ChannelEffect.Resolve:
                _reads.Resolve();
                break;
            case ChannelEffect.Heard heard:
                _services.Listeners.Note(Host.Fence, _name, heard.Node, heard.Generation);
                break;
            case ChannelEffect.HandOver handOver:
                HandOver(new EntityInput(handOver.Request, handOver.From));
                break;
            case ChannelEffect.Fenced:
                Host.Fenced();
                _ending = ChannelEnding.Lost;
                break;
            case ChannelEffect.GiveUp giveUp:
                _held?.ForEach(HandOver);
                throw new InvalidOperationException(giveUp.Reason);
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "has no arm");
        }
    }

    private long Now => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();
    private void Signal(ChannelInput input) => Tell(new EntityInput(input));
    private sealed record TimerFired(int Tag);
    private sealed record TakeOver;
}
