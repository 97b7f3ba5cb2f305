using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Sessions.Core;

namespace Realtime.Node.Sessions;

/// <summary>The shell of a session: loads its row on the first message, steps the machine and does what it says.</summary>
internal sealed class SessionEntity : LoadingEntity<StoredSession?>, IWriteReceiver, ITimerTarget
{
    private readonly SessionServices _services;
    private readonly SessionMachine _machine;
    private readonly SessionId _id;
    private TimerEntry? _grace;
    private bool _stopping;

    public SessionEntity(EntityAddress address, IEntityHost host, SessionServices services)
        : base(address, host)
    {
        _services = services;
        _id = SessionId.TryParse(address.Key, out var id) ? id : throw new ArgumentException("is no session id", nameof(address));
        _machine = new SessionMachine(_id, services.Policy);
    }

    public void OnWritten(object request, WriteOutcome outcome) => Tell(new EntityInput(new SessionInput.Written(outcome)));

    public void OnTimer(int tag) => Tell(new EntityInput(new SessionInput.TimerFired((SessionTimer)tag)));

    protected override void Handle(EntityInput input)
    {
        switch (input.Message)
        {
            case SessionRequest when _stopping:
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
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.Message, "is not for sessions");
        }
    }

    /// <summary>The id was minted a moment ago from 128 random bits: there is no row to look for.</summary>
    protected override bool IsBirth(EntityMessage message) => message is SessionRequest.Attach { Create: true };

    protected override ValueTask<StoredSession?> LoadAsync() => _services.Store.LoadAsync(_id);

    protected override void Start(StoredSession? state) => _machine.Load(state);

    protected override EntityReply.Refused CannotLoad(Exception failure)
    {
        _services.Log.SessionCannotLoad(failure);
        return new EntityReply.Refused(ErrorCode.Unavailable, "the session cannot be loaded now", 1000);
    }

    private void Step(SessionInput input)
    {
        // Effects live for one step; most steps have a few, and sessions are many, so the list is not kept.
        var effects = new List<SessionEffect>();
        _machine.Step(input, _services.Time.GetUtcNow().ToUnixTimeMilliseconds(), effects);
        foreach (var effect in effects)
        {
            Do(effect);
        }

        if (_stopping && !IsStopped)
        {
            Stop();
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
