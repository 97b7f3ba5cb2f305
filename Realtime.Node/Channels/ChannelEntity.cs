using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>The shell of a channel: loads its log on the first message, steps the machine and does what it says.</summary>
internal sealed class ChannelEntity : LoadingEntity<OpenLog>, IWriteReceiver, ITimerTarget
{
    private const int AgeTag = 1;
    private const int IdleTag = 2;
    private const int ResolveTag = 3;

    private readonly ChannelServices _services;
    private readonly NamespacePolicy _space;
    private readonly ChannelMachine _machine;
    private readonly List<ChannelEffect> _effects = [];
    private readonly ChannelName _name;
    private bool _leaving;
    private bool _touched;

    public ChannelEntity(EntityAddress address, IEntityHost host, ChannelServices services)
        : base(address, host)
    {
        _services = services;
        _name = ChannelName.FromStore(address.Key);
        _space = services.Namespaces.Of(_name);
        _machine = new ChannelMachine(_name, _space, services.Policy);
    }

    public void OnWritten(object request, WriteOutcome outcome) => Signal(new ChannelInput.Written((AppendRequest)request, outcome));

    public void OnTimer(int tag) => Tell(new EntityInput(new TimerFired(tag)));

    protected override void Handle(EntityInput input)
    {
        switch (input.Message)
        {
            case ChannelRequest request:
                _touched = true;
                Step(new ChannelInput.Asked(request, input.ReplyTo));
                break;
            case ChannelInput signal:
                Step(signal);
                break;
            case TimerFired timer:
                OnTimerFired(timer.Tag);
                break;
            case Leave:
                _leaving = true;
                Passivate();
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

    /// <summary>A log in memory begins a new life with each owner: its epoch must never repeat.</summary>
    protected override ValueTask<OpenLog> LoadAsync() => _space.Durability is Durability.Journal
        ? _services.Journal.OpenAsync(_name)
        : ValueTask.FromResult(new OpenLog(default, _services.MintEpoch(), 0, 1, 0, []));

    protected override void Start(OpenLog state)
    {
        _machine.Open(state);
        _services.Timers.Schedule(_services.Policy.PassivateAfter, this, IdleTag);
        _services.Timers.Schedule(AgeEvery, this, AgeTag);
    }

    protected override EntityReply.Refused CannotLoad(Exception failure)
    {
        _services.Log.ChannelCannotOpen(failure);
        return new EntityReply.Refused(ErrorCode.Unavailable, "the channel cannot be loaded now", 1000);
    }

    protected override void Stopped(Exception? failure)
    {
        base.Stopped(failure);
        foreach (var node in _machine.Listeners)
        {
            Host.TellNode(node, new ChannelNews.Forgotten(_name));
        }
    }

    private void OnTimerFired(int tag)
    {
        switch (tag)
        {
            case AgeTag:
                Step(new ChannelInput.AgeTick());
                _services.Timers.Schedule(AgeEvery, this, AgeTag);
                break;
            case IdleTag:
                if (!_touched)
                {
                    Passivate();
                }

                _touched = false;
                if (!IsStopped)
                {
                    _services.Timers.Schedule(_services.Policy.PassivateAfter, this, IdleTag);
                }

                break;
            case ResolveTag:
                _ = ResolveAsync();
                break;
        }
    }

    private void Passivate()
    {
        if (_machine.CanPassivate || (_leaving && !_machine.HasWritesUnderWay))
        {
            Stop();
        }
    }

    private void Step(ChannelInput input)
    {
        _machine.Step(input, _services.Time.GetUtcNow().ToUnixTimeMilliseconds(), _effects);
        for (var i = 0; i < _effects.Count && !IsStopped; i++)
        {
            Do(_effects[i]);
        }

        _effects.Clear();
        if (_leaving)
        {
            Passivate();
        }
    }

    private void Do(ChannelEffect effect)
    {
        switch (effect)
        {
            case ChannelEffect.Reply reply:
                reply.To.Send(reply.Message);
                break;
            case ChannelEffect.Tell tell:
                Host.TellNode(tell.Node, tell.News);
                break;
            case ChannelEffect.Append append:
                _services.Journal.Append(append.Request, this);
                break;
            case ChannelEffect.ReadStore read:
                _ = ReadAsync(read.Read);
                break;
            case ChannelEffect.FindTime find:
                Find(find);
                break;
            case ChannelEffect.Resolve:
                _ = ResolveAsync();
                break;
            case ChannelEffect.GiveUp giveUp:
                throw new InvalidOperationException(giveUp.Reason);
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "has no arm");
        }
    }

    private void Find(ChannelEffect.FindTime find)
    {
        if (_space.Durability is Durability.Journal)
        {
            _ = FindAsync(find);
            return;
        }

        var recent = _machine.Log.Recent;
        var offset = _machine.Log.Tail - 1;
        while (recent.Covers(offset + 1) && recent[offset + 1].At < find.At)
        {
            offset++;
        }

        Signal(new ChannelInput.TimeFound(find.To, find.Request, offset));
    }

    private async Task FindAsync(ChannelEffect.FindTime find)
    {
        long? offset = null;
        try
        {
            offset = await _services.Journal.OffsetBeforeAsync(_machine.Log.Id, find.At).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _services.Log.ReadFailed(failure);
        }

        Signal(new ChannelInput.TimeFound(find.To, find.Request, offset));
    }

    private async Task ReadAsync(LogRead read)
    {
        LogSlice? slice = null;
        try
        {
            slice = await _services.Journal.ReadAsync(_machine.Log.Id, read.After, read.Limit, read.MaxBytes).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _services.Log.ReadFailed(failure);
        }

        Signal(new ChannelInput.SliceRead(read, slice));
    }

    private async Task ResolveAsync()
    {
        try
        {
            var slice = await _services.Journal.HeadAsync(_machine.Log.Id).ConfigureAwait(false);
            Signal(new ChannelInput.HeadKnown(slice.Head));
        }
        catch (Exception failure)
        {
            _services.Log.ReadFailed(failure);
            _services.Timers.Schedule(TimeSpan.FromSeconds(1), this, ResolveTag);
        }
    }

    private void Signal(ChannelInput input) => Tell(new EntityInput(input));

    private TimeSpan AgeEvery => TimeSpan.FromMinutes(1);

    private sealed record TimerFired(int Tag);
}
