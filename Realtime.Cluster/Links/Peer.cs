using System.Net;
using System.Net.Sockets;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>The work on the link to one incarnation: dials it as long as it is in the view, and reads what it dialled.</summary>
#pragma warning disable CA1001 // StopAsync disposes of the token source, after its last use
internal sealed class Peer
#pragma warning restore CA1001
{
    private readonly Incarnation _self;
    private readonly NodeProfile _profile;
    private readonly EndPoint? _address;
    private readonly LinkContext _context;
    private readonly LinkOptions _options;
    private readonly LinkPair _pair;
    private readonly PeerFigures _figures;
    private readonly CancellationTokenSource _stop = new();
    private Task _dialling = Task.CompletedTask;

    public Peer(Incarnation self, NodeRow node, LinkContext context)
    {
        _self = self;
        _profile = node.Profile;
        _address = PeerAddress.TryParse(node.Profile.PeerAddress);
        _context = context;
        _options = context.Options;
        _figures = context.Options.Figures.Of(node.Profile.Name);
        _pair = new LinkPair(node.Profile.Name, node.Incarnation, context.Receiver, context.Log, _figures);
        Incarnation = node.Incarnation;
    }

    public Incarnation Incarnation { get; }

    public bool IsUp => _pair.Queue is not null;

    public long QueuedBytes => _pair.Queue?.Bytes ?? 0;

    private NodeId Name => _profile.Name;

    /// <param name="before">The streams that must have ended first.</param>
    public void Start(Task before) => _dialling = Task.Run(() => DialAsync(before));

    public bool Send(LinkFrame frame)
    {
        if (_pair.Queue is not { } queue)
        {
            return false;
        }

        // Encoded here: the bound is in bytes, and the work is spread over those who send.
        var bytes = new FrameBuffer();
        var taken = false;
        try
        {
            _context.Codec.Write(frame, bytes);
            if (bytes.FrameBytes > _options.FrameBytes)
            {
                _context.Log.TooLarge(Name, Incarnation, frame.GetType().Name, bytes.FrameBytes, _options.FrameBytes);
            }
            else
            {
                var length = bytes.FrameBytes;
                taken = queue.TryAdd(bytes, LinkQueue.IsControl(frame));
                (taken ? _figures.BytesOut : _figures.Refused).Add(taken ? LinkFraming.PrefixBytes + length : 1);
            }

            return taken;
        }
        finally
        {
            if (!taken)
            {
                bytes.Dispose();
            }
        }
    }

    /// <summary>Reads a stream this peer dialled, until it ends. A newer one ends the older.</summary>
    public async Task ReadAsync(LinkStream stream)
    {
        Task? before;
        while (!_pair.TryAccept(stream, out before))
        {
            if (before is null)
            {
                stream.Abort("the peer has left the view");
                return;
            }

            await before.ConfigureAwait(false);
        }

        await UntilLostAsync(stream, new LinkReader(stream, _context, _figures, frame => _pair.Deliver(stream, frame)).RunAsync).ConfigureAwait(false);
    }

    /// <summary>Ends the link for good. The receiver has heard the last of it when this completes.</summary>
    public async Task StopAsync(string why)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pair.Close(why).ConfigureAwait(false);
        await _dialling.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task DialAsync(Task before)
    {
        await before.ConfigureAwait(false);
        var delay = new ReconnectDelay(_options.FirstRetry, _options.LongestRetry);
        while (!_stop.IsCancellationRequested)
        {
            await _pair.Settled.ConfigureAwait(false);
            var wait = await TryAsync(delay).ConfigureAwait(false);
            await Task.Delay(wait, _context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How long to wait before the next try.</returns>
    private async Task<TimeSpan> TryAsync(ReconnectDelay delay)
    {
        try
        {
            var stood = await DialOnceAsync().ConfigureAwait(false);
            if (stood >= _options.LongestRetry)
            {
                // One that stood for shorter is a link that flaps: trying faster would not mend it.
                delay.Reset();
            }
        }
        catch (LinkRefusedException refused)
        {
            _context.Log.RefusedThere(Name, Incarnation, _profile.PeerAddress, refused.Cause);
            if (!refused.IsPassing)
            {
                return ReconnectDelay.Spread(_options.RefusedRetry, _options.Jitter());
            }
        }
        catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested)
            {
                _context.Log.NotReached(Name, Incarnation, _profile.PeerAddress, fault is OperationCanceledException ? "no answer in time" : fault.Message);
            }
        }
        catch (Exception failure)
        {
            _context.Log.Failed(failure, Name, Incarnation);
        }

        return delay.Next(_options.Jitter());
    }

    /// <returns>How long the stream stood.</returns>
    private async Task<TimeSpan> DialOnceAsync()
    {
        await using var stream = await ShakeHandsAsync().ConfigureAwait(false);
        var queue = new LinkQueue(_options.QueueBytes);
        var since = _context.Time.GetTimestamp();
        if (_pair.Stand(stream, queue))
        {
            await UntilLostAsync(stream, () => new LinkWriter(stream, queue).RunAsync(_options)).ConfigureAwait(false);
            queue.Close();
        }

        stream.Abort("the peer has left the view");
        return _context.Time.GetElapsedTime(since);
    }

    private async Task<LinkStream> ShakeHandsAsync()
    {
        using var deadline = new CancellationTokenSource(_options.HelloTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
        var stream = await _context.DialAsync(_address ?? throw new IOException("that is no address"), either.Token).ConfigureAwait(false);
        try
        {
            await _context.Handshake.DialAsync(stream, _self, Incarnation, either.Token).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            stream.Abort("the handshake failed");
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task UntilLostAsync(LinkStream stream, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (InvalidDataException broken)
        {
            _context.Log.Broken(Name, Incarnation, broken.Message);
            stream.Abort("what came on it is no frame");
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            stream.Abort(fault.Message);
        }
        catch (Exception failure)
        {
            _context.Log.Failed(failure, Name, Incarnation);
            stream.Abort("it failed");
        }
        finally
        {
            _pair.Lost(stream);
        }
    }
}
