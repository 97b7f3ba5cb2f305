using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>
/// Brings connections to where their sessions live, and to other nodes when this one stops: steps the plan, sends what it says. Also tells the door how many would come back at
/// once if this node died.
/// </summary>
internal sealed class MoverActor : UntypedActor, IWithTimers
{
    /// <summary>Other nodes that a client hears of: one of them is there after a loss.</summary>
    private const int MostNamed = 8;

    private readonly MoverSetup _setup;
    private readonly MoverStatus _status;
    private readonly MovePlan _plan;
    private readonly MoverLines _lines;
    private readonly List<MoveOrder> _orders = [];
    private readonly List<IActorRef> _drainers = [];
    private readonly long _started;
    private ClientPlaces _seen = ClientPlaces.None;
    private long _seenEver = -1;
    private bool _seenAll;
    private MoveMode _seenMode = MoveMode.Rebalance;
    private long _drainBy = long.MaxValue;
    private bool _isDraining;
    private bool _isForOperator;
    private bool _isLooking;

    public MoverActor(MoverSetup setup, MoverStatus status)
    {
        (_setup, _status) = (setup, status);
        _plan = new MovePlan(setup.Policy, setup.Self);
        _lines = new MoverLines(setup.Self, setup.Logger);
        _started = setup.Time.GetTimestamp();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsOf(MoverSetup setup, MoverStatus status) => Props.Create(() => new MoverActor(setup, status));

    protected override void PreStart() => TickEvery(_setup.Calm);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MoverCommand.Tick:
                FollowOperator();
                Look();
                break;
            case Looked looked:
                _isLooking = false;
                Step(looked);
                break;
            case Status.Failure failure:
                // The next tick looks again.
                _isLooking = false;
                _setup.Logger.ConnectionsNotListed(failure.Cause);
                break;
            case MoverCommand.Drain drain:
                _drainers.Add(Sender);
                Begin(drain.Window);
                Look();
                break;
            case MoverCommand.Stay:
                TakeBack();
                Answer();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void TickEvery(TimeSpan time) => Timers.StartPeriodicTimer(MoverCommand.Tick.Instance, MoverCommand.Tick.Instance, time, time);

    private void Begin(TimeSpan window)
    {
        _drainBy = Now() + (long)window.TotalMilliseconds;
        _isDraining = true;
        _lines.DrainBegins(Now(), _plan.Snapshot, _setup.Connections.Count, window);
        TickEvery(_setup.Busy);
    }

    private void TakeBack()
    {
        (_isDraining, _isForOperator) = (false, false);
        _lines.DrainIsTakenBack(Now(), _plan.Snapshot, _setup.Connections.Count);
        TickEvery(_setup.Calm);
    }

    /// <summary>A drain of an operator begins and ends with what is wanted of the node; the stop of the process is nobody's to take back.</summary>
    private void FollowOperator()
    {
        var wanted = _setup.IsDrained();
        if (wanted && !_isDraining)
        {
            _isForOperator = true;
            Begin(_setup.DrainWindow);
        }
        else if (!wanted && _isForOperator && _drainers.Count == 0)
        {
            TakeBack();
        }
    }

    private void Look()
    {
        var places = _setup.Places();
        var others = places.Open.RemoveAll(place => place.Node == _setup.Self);
        _setup.Admission.Announce(
            CrashWindow.Of(_setup.Connections.Count, others.Length, (int)_setup.Policy.PeerRate, _setup.LeastCrashWindow),
            [.. OtherPlaces.Named(others, _setup.Self, MostNamed).Select(place => ClientUrls.ConnectUrl(place.ClientUrl))]);
        var mode = _isDraining ? MoveMode.Drain : MoveMode.Rebalance;
        if (_isLooking || IsSettled(places, mode))
        {
            return;
        }

        var (ever, self) = (_setup.Connections.OpenedEver, Self);
        if (_setup.Connections.Count == 0)
        {
            // Nobody is asked, who may have ended with the last connection.
            Step(new Looked(new ConnectionList([], 0), ever, places, mode));
            return;
        }

        _isLooking = true;
        _setup.Connections.ListAsync(CancellationToken.None).PipeTo(
            self, success: here => new Looked(here, ever, places, mode), failure: cause => new Status.Failure(cause));
    }

    private void Step(Looked looked)
    {
        var now = Now();

        // What was begun or taken back while the connections were listed counts from the next look on.
        if ((looked.Mode is MoveMode.Drain) != _isDraining)
        {
            Look();
            return;
        }

        _orders.Clear();
        _plan.Step(new MoveSituation(now, looked.Mode, Math.Max(0, _drainBy - now), looked.Places, looked.Here.Welcomed, Seed()), _orders);
        foreach (var order in _orders)
        {
            Carry(order);
        }

        _status.Snapshot = _plan.Snapshot with { Connections = _setup.Connections.Count };
        _lines.Moves(_plan.Snapshot);
        (_seen, _seenEver, _seenMode, _seenAll) = (looked.Places, looked.Ever, looked.Mode, looked.Here.NotWelcomed == 0);
        if (_isDraining && (now >= _drainBy || _setup.Connections.Count == 0 || _plan.IsIdle))
        {
            EndDrain();
        }
    }

    /// <summary>The mode stays: who comes now is sent away as well, until the drain is taken back.</summary>
    private void EndDrain()
    {
        _lines.DrainIsOver(Now(), _plan.Snapshot, _setup.Connections.Count);
        Answer();
    }

    private void Answer()
    {
        _drainers.ForEach(waiting => waiting.Tell(new MoverCommand.Drained(_status.Snapshot)));
        _drainers.Clear();
    }

    /// <summary>Nothing has changed since a look that found nothing to do: to look at every connection again would find the same.</summary>
    private bool IsSettled(ClientPlaces places, MoveMode mode) =>
        (mode is MoveMode.Rebalance && places.Open.All(place => place.Node == _setup.Self) && _plan.IsIdle)
        || (mode is not MoveMode.Drain && mode == _seenMode && _seenAll && _plan.IsIdle && _setup.Connections.OpenedEver == _seenEver && places.SendsAs(_seen));

    private void Carry(MoveOrder order)
    {
        switch (order)
        {
            case MoveOrder.Notice notice:
                var ticket = _setup.Tickets.Issue(notice.Target.Node, _setup.Time.GetUtcNow(), Seed());
                _setup.Connections.Move(
                    notice.Connection,
                    new ServerFrame.Move(ClientUrls.ConnectUrl(notice.Target.ClientUrl), ticket, 0, notice.Within, notice.Reason));
                break;
            case MoveOrder.Close close:
                _setup.Connections.Dismiss(close.Connection, CloseCode.Drain);
                break;
            default:
                throw new InvalidOperationException($"{order} is not an order.");
        }
    }

    private long Now() => (long)_setup.Time.GetElapsedTime(_started).TotalMilliseconds;

    private static ulong Seed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private sealed record Looked(ConnectionList Here, long Ever, ClientPlaces Places, MoveMode Mode) : INoSerializationVerificationNeeded;
}
