using Realtime.Client;
using Realtime.Client.Links;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>
/// Opens the client's own links and notices when the client breaks one off because of what the server said over it: the client repairs a message that was
/// skipped without a gap by resuming, so its stream would show nothing.
/// </summary>
internal sealed class WatchedConnector(string reader, RunHistory history) : ILinkConnector
{
    private const int ProtocolError = 1002;
    private readonly WebSocketConnector _inner = new(TimeProvider.System);

    public async Task<ILink> OpenAsync(Uri url, CancellationToken cancellation) =>
        new Watched(await _inner.OpenAsync(url, cancellation), () => history.Break($"{reader} broke a link off: the server skipped messages without a gap, or broke the protocol otherwise"));

    private sealed class Watched(ILink inner, Action broken) : ILink
    {
        public int? CloseCode => inner.CloseCode;

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation) => inner.SendAsync(frame, cancellation);

        public ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation) => inner.ReceiveAsync(cancellation);

        public ValueTask CloseAsync(int code, CancellationToken cancellation)
        {
            if (code == ProtocolError)
            {
                broken();
            }

            return inner.CloseAsync(code, cancellation);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
