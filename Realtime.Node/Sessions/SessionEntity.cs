using Google.Protobuf;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;
using Realtime.Node.Sessions.Core;

namespace Realtime.Node.Sessions;

/// <summary>The shell of a session: loads its row on the first message, steps the machine and does what it says.</summary>
internal sealed class SessionEntity : LoadingEntity<SessionStart>, IWriteReceiver, ITimerTarget
{
    private readonly SessionServices _services;
    private readonly SessionMachine _machine;
    private readonly SessionId _id;
    private ReadOnlyMemory<byte>? _import;
    private TimerEntry? _grace;
    private SessionHolder? _holder;
    private Incarnation _holderLife;
    private ExportedSession? _export;
    private bool _yielding;
    private bool _stopping;

    public SessionEntity(EntityAddress address, IEntityHost host, SessionServices services, ReadOnlyMemory<byte>? import)
        : base(address, host)
    {
        _services = services;
        _import = import;
        _id = SessionId.TryParse(address.Key, out var id) ? id : throw new ArgumentException("is no session id", nameof(address));
        _machine = new SessionMachine(_id, services.Policy, host.Self, host.Fence);
    }

    /// <summary>What its predecessor gave it; handed on as it is when the shard moves on before it was looked at.</summary>
    protected override ReadOnlyMemory<byte>? Import => _import;

    public void OnWritten(object request, WriteOutcome outcome)
    {
        if (outcome is WriteOutcome.Fenced)
        {
            Host.Fenced();
        }

        Tell(new EntityInput(new SessionInput.Written(outcome)));
    }

    public void OnTimer(int tag) => Tell(new EntityInput(new SessionInput.TimerFired((SessionTimer)tag)));

    /// <summary>Goes on with the import without waiting for a message: timers run, and a row may have to be written.</summary>
    public void TakeOver() => BeginLoad();

    protected override void Handle(EntityInput input)
    {
        switch (input.Message)
        {
            case SessionRequest when _stopping || _yielding:
                HandOver(input);
                break;
            case SessionRequest request:
                Step(new SessionInput.Asked(request, input.ReplyTo));
                break;
            case SessionInput signal:
                Step(signal);
                break;
            case Leave:
                Step(new SessionInput.Leave());
                break;
            case HandOff:
                _yielding = true;
                Step(new SessionInput.HandOff());
                break;
            case Lost:
                _yielding = true;
                Step(new SessionInput.Lost());
                break;
            case OwnersMoved moved when IsLoaded && !_stopping:
                OnOwnersMoved(moved.Change);
                break;
            case OwnersMoved:
                // It has announced nothing yet, and will when it is loaded; or it has nothing to announce any more.
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.Message, "is not for sessions");
        }
    }

    /// <summary>The id was minted a moment ago from 128 random bits: there is no row to look for.</summary>
    protected override bool IsBirth(EntityMessage message) => message is SessionRequest.Attach { Create: true };

    protected override async ValueTask<SessionStart> LoadAsync()
    {
        if (_import is { } bytes)
        {
            try
            {
                return new SessionStart(null, SessionExports.Read(bytes));
            }
            catch (InvalidDataException failure)
            {
                _services.Log.SessionCannotImport(failure);
            }
        }

        return new SessionStart(await _services.Store.LoadAsync(_id).ConfigureAwait(false), null);
    }

    protected override void Start(SessionStart state)
    {
        var wasImported = _import is not null;
        _import = null;
        if (state.Import is { } import)
        {
            var effects = new List<SessionEffect>();
            _machine.Restore(import, Now(), effects);
            _holder = _machine.Holder;
            _holderLife = new Incarnation(import.Holder?.Incarnation ?? 0);
            Do(effects);
            LookAfterHolder(_services.LifeOf);
            return;
        }

        _machine.Load(state.Row, Now());
        if (wasImported)
        {
            // Nobody adopts what was handed off: without a grace time it would wait for ever for a connection that may be gone.
            Step(new SessionInput.Asked(new SessionRequest.Orphaned(), default));
        }
    }

    protected override EntityReply.Refused CannotLoad(Exception failure)
    {
        _services.Log.SessionCannotLoad(failure);
        return new EntityReply.Refused(ErrorCode.Unavailable, "the session cannot be loaded now", 1000);
    }

    protected override void Drained() => StopIfDone();

    protected override void Stopped(Exception? failure)
    {
        _grace?.Cancel();
        base.Stopped(failure);
    }

    private long Now() => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private void OnOwnersMoved(OwnersChange change)
    {
        LookAfterHolder(node => change.View.Find(node)?.Incarnation ?? default);
        Step(new SessionInput.OwnersMoved(change));
    }

    /// <summary>A node that has died, or died and come back, cannot say that a connection is gone.</summary>
    private void LookAfterHolder(Func<NodeId, Incarnation> lifeOf)
    {
        if (_holder is not { } holder)
        {
            return;
        }

        var life = lifeOf(holder.Node);
        if (_holderLife.IsNone)
        {
            // It came from a node that this one had not heard of yet.
            _holderLife = life;
        }
        else if (life != _holderLife)
        {
            Step(new SessionInput.HolderGone());
        }
    }

    private void Step(SessionInput input)
    {
        // Effects live for one step; most steps have a few, and sessions are many, so the list is not kept.
        var effects = new List<SessionEffect>();
        _machine.Step(input, Now(), effects);
        if (!ReferenceEquals(_machine.Holder, _holder))
        {
            _holder = _machine.Holder;
            _holderLife = _holder is { } holder ? _services.LifeOf(holder.Node) : default;
        }

        Do(effects);
    }

    private void Do(List<SessionEffect> effects)
    {
        foreach (var effect in effects)
        {
            Do(effect);
        }

        StopIfDone();
    }

    private void StopIfDone()
    {
        if (_stopping && !IsStopped && !IsDraining)
        {
            if (_export is { } export)
            {
                StopWith(export.ToByteArray());
            }
            else
            {
                Stop();
            }
        }
    }

    private void Do(SessionEffect effect)
    {
        switch (effect)
        {
            case SessionEffect.Reply reply:
                reply.To.Send(reply.Message);
                break;
            case SessionEffect.Write write:
                _services.Store.Put(write.Row, this);
                break;
            case SessionEffect.TellChannel tell:
                // A namespace that was taken out of the configuration has no channels any more, though rows still name them.
                if (_services.Namespaces.TryFind(tell.Channel, out _))
                {
                    Host.Tell(EntityAddress.Of(tell.Channel), tell.Request);
                }

                break;
            case SessionEffect.TellNode tell:
                Host.TellNode(tell.Node, tell.News);
                break;
            case SessionEffect.StartTimer { Timer: SessionTimer.Grace } start:
                _grace?.Cancel();
                _grace = _services.Timers.Schedule(start.After, this, (int)SessionTimer.Grace);
                break;
            case SessionEffect.StartTimer start:
                _services.Timers.Schedule(start.After, this, (int)start.Timer);
                break;
            case SessionEffect.StopTimer:
                _grace?.Cancel();
                _grace = null;
                break;
            case SessionEffect.HandOver given:
                HandOver(new EntityInput(given.Request, given.From));
                break;
            case SessionEffect.Export export:
                _stopping = true;
                _export = export.Session;
                if (_export.Holder is { } holder)
                {
                    holder.Incarnation = _holderLife.Value;
                }

                break;
            case SessionEffect.Passivate passivate:
                _stopping = true;
                if (passivate.Orphaned)
                {
                    HandOver(new EntityInput(new SessionRequest.Orphaned()));
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "has no arm");
        }
    }
}
