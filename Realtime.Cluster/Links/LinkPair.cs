using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>
/// The two streams of a link and what the receiver has been told of them. The link is up while the dialled stream stands and the peer has
/// said on the accepted one that its side stands too; when it is up and either is lost, both are ended. So whoever can be asked can answer,
/// and whoever asked and gets no answer hears of a reset.
/// </summary>
internal sealed class LinkPair(NodeId name, Incarnation peer, ILinkReceiver receiver, LinkLog log, PeerFigures? figures = null)
{
    // Held while the receiver is called, which is what makes the calls come one at a time. Send and IsUp do without it, and Follow leaves
    // to others what needs it: so nobody who holds a lock of the receiver's ever waits for this one.
    private readonly Lock _lock = new();
    private LinkStream? _dialled;
    private LinkStream? _accepted;
    private LinkQueue? _waiting;
    private LinkQueue? _queue;
    private TaskCompletionSource? _falling;
    private string _why = "";
    private bool _closed;

    /// <summary>Null while the link is down.</summary>
    public LinkQueue? Queue => Volatile.Read(ref _queue);

    /// <summary>Completes when no reset is under way.</summary>
    public Task Settled
    {
        get
        {
            lock (_lock)
            {
                return _falling?.Task ?? Task.CompletedTask;
            }
        }
    }

    /// <summary>The dialled stream stands. Its end has to be told by <see cref="Lost"/>.</summary>
    /// <returns>False: too late.</returns>
    public bool Stand(LinkStream dialled, LinkQueue queue)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _dialled = dialled;
            _waiting = queue;
            RiseIfBoth();
            return true;
        }
    }

    /// <summary>Takes a stream the peer dialled; an older one ends first, with a reset if the link was up.</summary>
    /// <returns>True: taken, its end has to be told by <see cref="Lost"/>. False: ask again after <paramref name="before"/>, if that is set.</returns>
    public bool TryAccept(LinkStream accepted, out Task? before)
    {
        lock (_lock)
        {
            before = null;
            if (_closed)
            {
                return false;
            }

            if (_accepted is { } older)
            {
                before = older.Ended;
                if (_falling is null)
                {
                    Fall("the peer has opened a newer one");
                    older.Abort("the peer has opened a newer one");
                }
            }

            before = _falling?.Task ?? before;
            if (before is not null)
            {
                return false;
            }

            _accepted = accepted;
            return true;
        }
    }

    /// <summary>Hands on what came on an accepted stream.</summary>
    /// <param name="frame">Null for a ping.</param>
    /// <returns>False: the stream is not (any longer) part of a link that is up.</returns>
    public bool Deliver(LinkStream accepted, LinkFrame? frame)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(accepted, _accepted))
            {
                return false;
            }

            if (frame is null)
            {
                accepted.IsReady = true;
                RiseIfBoth();
                return true;
            }

            // While the link falls, what was read before still counts.
            if (_queue is null && _falling is null)
            {
                return false;
            }

            receiver.OnFrame(peer, frame);
            return true;
        }
    }

    /// <summary>The stream is at its end, and all that was read of it is delivered.</summary>
    public void Lost(LinkStream stream)
    {
        lock (_lock)
        {
            if (ReferenceEquals(stream, _dialled))
            {
                _dialled = null;
                _waiting = null;
            }
            else if (ReferenceEquals(stream, _accepted))
            {
                _accepted = null;
            }

            Fall(stream.Why);
            if (_falling is { } falling && _dialled is null && _accepted is null)
            {
                _falling = null;
                log.Lost(name, peer, _why);
                figures?.Resets.Add(1);
                Tell(receiver.OnReset);
                falling.SetResult();
            }
        }

        stream.HasEnded();
    }

    /// <summary>Ends the link for good.</summary>
    /// <returns>Completes when the receiver has heard the last of it.</returns>
    public Task Close(string why)
    {
        lock (_lock)
        {
            _closed = true;
            Fall(why);
            _dialled?.Abort(why);
            _accepted?.Abort(why);
            return Task.WhenAll(_dialled?.Ended ?? Task.CompletedTask, _accepted?.Ended ?? Task.CompletedTask);
        }
    }

    private void RiseIfBoth()
    {
        if (_queue is null && _falling is null && !_closed && _dialled is not null && _accepted is { IsReady: true })
        {
            _waiting!.Open();
            Volatile.Write(ref _queue, _waiting);
            log.Up(name, peer);
            Tell(receiver.OnUp);
        }
    }

    /// <summary>From up to down; the reset is told when both streams have ended.</summary>
    private void Fall(string why)
    {
        if (_queue is { } queue)
        {
            Volatile.Write(ref _queue, null);
            queue.Close();
            _why = why;
            _falling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _dialled?.Abort(why);
            _accepted?.Abort(why);
        }
    }

    private void Tell(Action<Incarnation> what)
    {
        try
        {
            what(peer);
        }
        catch (Exception failure)
        {
            // A fault of the receiver's must not leave the link between two states.
            log.Failed(failure, name, peer);
        }
    }
}
