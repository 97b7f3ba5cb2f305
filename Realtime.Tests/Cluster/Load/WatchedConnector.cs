using Realtime.Client;
using Realtime.Client.Links;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>
/// Opens the client's own links and notices what the client makes good by itself, so that its streams would show nothing of it: a message that was skipped without a
/// gap, a publish that was refused for the time being, what is said about the room, and how long the session was without a connection.
/// </summary>
internal sealed class WatchedConnector(string client, RunHistory history) : ILinkConnector
{
    private const int ProtocolError = 1002;
    private readonly WebSocketConnector _inner = new(TimeProvider.System);
    private readonly Lock _gate = new();
    private int _links;
    private long? _heard;

    /// <summary>When the server was last heard over a connection that stood; null: never.</summary>
    public long? Heard
    {
        get
        {
            lock (_gate)
            {
                return _heard;
            }
        }
    }

    public async Task<ILink> OpenAsync(Uri url, CancellationToken cancellation)
    {
        var inner = await _inner.OpenAsync(url, cancellation);
        return new Watched(inner, this, new FrameWatch(client, Interlocked.Increment(ref _links), history));
    }

    /// <summary>A link has brought something.</summary>
    private void Brought(FrameWatch frames, ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (frames.Received(message.Span) is { } resumed && _heard is { } before)
            {
                history.Away(new Absence(client, before, history.Now, Excused: !resumed));
            }

            if (frames.IsWelcomed)
            {
                _heard = history.Now;
            }
        }
    }

    private sealed class Watched(ILink inner, WatchedConnector owner, FrameWatch frames) : ILink
    {
        public int? CloseCode => inner.CloseCode;

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
        {
            frames.Sent(frame.Span);
            return inner.SendAsync(frame, cancellation);
        }

        public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation)
        {
            var message = await inner.ReceiveAsync(cancellation);
            if (message is { } bytes)
            {
                owner.Brought(frames, bytes);
            }

            return message;
        }

        public ValueTask CloseAsync(int code, CancellationToken cancellation)
        {
            if (code == ProtocolError)
            {
                frames.Broken();
            }

            return inner.CloseAsync(code, cancellation);
        }

        public ValueTask DisposeAsync()
        {
            frames.Over();
            return inner.DisposeAsync();
        }

        public void OnProgress(Action report) => inner.OnProgress(report);
    }
}
