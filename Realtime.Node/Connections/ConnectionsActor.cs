using System.Globalization;
using Akka.Actor;
using Akka.Routing;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Cluster;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections;

/// <summary>
/// Parent of a part of this node's connections: opens them and looks at the clock for all of them. A connection that fails stops; its
/// client
/// comes back and resumes.
/// </summary>
internal sealed class ConnectionsActor : UntypedActor
{
    /// <summary>Sweeps between two looks at the traffic.</summary>
    private const int SweepsPerLook = 4;

    private readonly ConnectionsSetup _setup;
    private readonly Dictionary<IActorRef, HostedConnection> _connections = [];
    private readonly List<IActorRef> _awaitEmpty = [];
    private readonly ICancelable _timer;
    private readonly SessionRenewals _renewals;
    private readonly PacedSending _paced;

    /// <summary>Sweeps between two renewals, and at which of them it is this part's turn.</summary>
    private readonly (int Every, int Turn) _renewing;
    private CloseCode? _closing;
    private long _queued;
    private int _sweeps;
    private long _revocations;
    private bool _looksForRevoked;

    public ConnectionsActor(ConnectionsSetup setup)
    {
        _setup = setup;
        _timer = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(
            setup.SweepEvery, setup.SweepEvery, Self, Sweep.Instance, Self);
        _renewals = new SessionRenewals((long)setup.KeepEnded.TotalMilliseconds);
        _paced = new PacedSending(Context.System.Scheduler, Self);
        var every = Math.Max(1, (int)(setup.RenewEvery / setup.SweepEvery));
        _renewing = (every, (int)((ulong)Self.Path.Uid % (ulong)every));
    }

    /// <summary>The router; takes <see cref="ConnectionCommand"/>s, and <see cref="ConnectionQuery"/>s as broadcasts.</summary>
    public static Props PropsOf(ConnectionsSetup setup) => Props.Create<ConnectionsActor>(setup)
        .WithRouter(new ConsistentHashingPool(setup.Parts).WithSupervisorStrategy(Restarting));

    /// <summary>A part restarts in its place, for the router hashes over the parts there are. Its connections stop with it.</summary>
    private static SupervisorStrategy Restarting { get; } = new OneForOneStrategy(static _ => Directive.Restart);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, OnFailure, loggingEnabled: false);

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _timer.Cancel();
        _paced.Cancel();
        _setup.Counts.AddQueued(-_queued);
        foreach (var _ in _connections)
        {
            _setup.Counts.Closed();
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionCommand.Open open:
                Open(open);
                break;
            case ConnectionCommand.Move move:
                Find(move.Connection).Tell(new ConnectionInput.MoveRequested(move.Notice));
                break;
            case ConnectionCommand.Dismiss dismiss:
                Find(dismiss.Connection).Tell(new ConnectionInput.CloseRequested(dismiss.Code));
                break;
            case ConnectionCommand.Inspect inspect when Find(inspect.Connection) is var connection && !connection.IsNobody():
                connection.Forward(inspect);
                break;
            case ConnectionCommand.Inspect inspect:
                Sender.Tell(new ConnectionSnapshot(inspect.Connection, default, [], 0));
                break;
            case Sweep:
                SweepAll();
                break;
            case ConnectionQuery.List:
                var welcomed = _connections.Values.Where(hosted => hosted.Status.IsWelcomed).Select(hosted => (hosted.Id, hosted.Status.Session)).ToList();
                Sender.Tell(new ConnectionQuery.Listed(welcomed, _connections.Count - welcomed.Count));
                break;
            case ConnectionQuery.CloseAll closing:
                CloseAll(closing.Code);
                break;
            case HolderMessage.NotHeld notHeld:
                AttachAgain(Sender.Path.Address, notHeld.Holds);
                break;
            case SessionReply reply:
                _renewals.Answered(reply);
                break;
            case NodeRemoved removed:
                OnNodeRemoved(removed.Node);
                break;
            case PacedSending.Next:
                _paced.SendNext();
                break;
            case Terminated terminated when _connections.Remove(terminated.ActorRef, out var gone):
                _setup.Metrics.BytesOut.Add(gone.Link.Look(_setup.Now.Ticks));
                _setup.Counts.Closed();
                _renewals.Ended(gone.Status.Remote, _setup.Now.Ticks);
                AnswerIfEmpty();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static string NameOf(ConnectionId connection) => connection.Value.ToString(CultureInfo.InvariantCulture);

    private static IActorRef Find(ConnectionId connection) => Context.Child(NameOf(connection));

    /// <summary>The sender is the connection that failed.</summary>
    private Directive OnFailure(Exception failure)
    {
        if (_connections.TryGetValue(Sender, out var hosted))
        {
            _setup.Log.ConnectionFailed(hosted.Id.Value, failure);
        }

        return Directive.Stop;
    }

    private void Open(ConnectionCommand.Open open)
    {
        var hosted = new HostedConnection(
            open.Connection,
            new ConnectionLink(open.Connection, open.Link, _setup.Rules.Policy.QueueBytes, _setup.Now.Ticks, _setup.Log),
            new ConnectionStatus(open.Connection),
            new ReadAhead(),
            open.Lease);
        var actor = Context.Watch(Context.ActorOf(ConnectionActor.PropsOf(_setup, open, hosted), NameOf(open.Connection)));
        _connections.Add(actor, hosted);
        _setup.Counts.Opened();
        Sender.Tell(new ConnectionCommand.Opened(open.Connection, actor, hosted));
        if (_closing is { } code)
        {
            actor.Tell(new ConnectionInput.CloseRequested(code));
        }
    }

    private void CloseAll(CloseCode code)
    {
        _closing = code;
        _awaitEmpty.Add(Sender);
        foreach (var connection in _connections.Keys)
        {
            connection.Tell(new ConnectionInput.CloseRequested(code));
        }

        AnswerIfEmpty();
    }

    private void AnswerIfEmpty()
    {
        if (_connections.Count == 0)
        {
            _awaitEmpty.ForEach(waiting => waiting.Tell(new ConnectionQuery.AllClosed()));
            _awaitEmpty.Clear();
        }
    }

    private void SweepAll()
    {
        var now = _setup.Now;
        var looks = ++_sweeps % SweepsPerLook == 0;
        if (_sweeps % _renewing.Every == _renewing.Turn)
        {
            Renew();
        }

        CloseRevoked();
        var (queued, sent) = (0L, 0L);
        foreach (var (actor, (_, link, status, _, _)) in _connections)
        {
            var isSending = false;
            if (looks)
            {
                sent += link.Look(now.Ticks);
                queued += link.Outbound.QueuedBytes;
                isSending = link.Outbound.IsSending;
            }

            if (isSending || status.IsDue(now))
            {
                actor.Tell(new ConnectionInput.Sweep(link.Measure()));
            }
        }

        if (looks)
        {
            Report(queued, sent, now.Ticks);
        }
    }

    /// <summary>
    /// Looked at once more a sweep later: a connection that asked just before an entry came shows whose it is a moment after.
    /// </summary>
    private void CloseRevoked()
    {
        var list = _setup.Rules.Revocations;
        var version = list.Version;
        var isNew = version != _revocations;
        if (isNew || _looksForRevoked)
        {
            foreach (var (actor, hosted) in _connections)
            {
                if (hosted.Status is { IsWelcomed: true } status && list.Revokes(status.Session, status.Identity))
                {
                    actor.Tell(new ConnectionInput.CloseRequested(CloseCode.Unauthorized));
                }
            }
        }

        (_revocations, _looksForRevoked) = (version, isNew);
    }

    private void Renew()
    {
        foreach (var (node, page) in _renewals.Pages(_connections.Values.Select(hosted => hosted.Status.Remote)))
        {
            NodePlaces.On(Context, node, NodePlaces.SessionHolders).Tell(page, Self);
        }

        foreach (var detach in _renewals.Unanswered)
        {
            _paced.Add(_setup.Sessions, detach);
        }
    }

    /// <summary>What a node does not know of what was renewed there. The session may be elsewhere by now, and the connection know it.</summary>
    private void AttachAgain(Address node, IReadOnlyList<SessionHold> notHeld)
    {
        foreach (var hold in notHeld)
        {
            if (_connections.TryGetValue(Find(hold.Connection), out var hosted) && hosted.Status.Remote is { } held && held.Hold == hold && held.Node == node)
            {
                _paced.Add(Find(hold.Connection), new ConnectionInput.SessionMoved());
            }
        }
    }

    /// <summary>
    /// Sessions that were there start elsewhere when somebody asks for them: the connections that hold them, and those that have ended while
    /// their sessions waited for the client.
    /// </summary>
    private void OnNodeRemoved(Address node)
    {
        foreach (var (actor, hosted) in _connections)
        {
            if (hosted.Status.Remote is { } held && held.Node == node)
            {
                _paced.Add(actor, new ConnectionInput.SessionMoved());
            }
            else
            {
                actor.Tell(ConnectionInput.NodeRemoved.Instance);
            }
        }

        foreach (var detach in _renewals.EndedOn(node, _setup.Now.Ticks))
        {
            _paced.Add(_setup.Sessions, detach);
        }
    }

    private void Report(long queued, long sent, long now)
    {
        _setup.Counts.AddQueued(queued - _queued);
        _queued = queued;
        _setup.Metrics.BytesOut.Add(sent);
        _setup.Metrics.Load = new ConnectionLoad(_setup.Subscribers.Total, _setup.Subscribers.Behind, _setup.Counts.QueuedBytes);
        _setup.Rules.Anonymous?.Sweep(now);
    }

    private sealed class Sweep : INoSerializationVerificationNeeded
    {
        public static Sweep Instance { get; } = new();
    }
}
