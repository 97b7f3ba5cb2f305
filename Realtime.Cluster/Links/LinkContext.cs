using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Realtime.Cluster.Links;

/// <summary>What all the links of a node share. Counts the open connections.</summary>
internal sealed class LinkContext(
    LinkOptions options, LinkHandshake handshake, ILinkCodec codec, ILinkReceiver receiver, TimeProvider time, LinkLog log,
    SocketConnectionContextFactory sockets)
{
    private int _streams;

    public LinkOptions Options => options;

    public LinkHandshake Handshake => handshake;

    public ILinkCodec Codec => codec;

    public ILinkReceiver Receiver => receiver;

    public TimeProvider Time => time;

    public LinkLog Log => log;

    /// <summary>Connections that are open, in either direction.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public LinkStream Open(ConnectionContext connection)
    {
        Interlocked.Increment(ref _streams);
        return new LinkStream(connection, time, () => Interlocked.Decrement(ref _streams));
    }

    public async Task<LinkStream> DialAsync(EndPoint address, CancellationToken cancellation)
    {
        // Of both families where the system has both; frames are gathered already, so nothing is won by waiting for more.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
            return Open(sockets.Create(socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
