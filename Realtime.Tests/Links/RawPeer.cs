using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Links;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Links;

/// <summary>One end of a stream whose bytes the test writes itself, after a proper handshake or without one.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly SocketConnectionContextFactory _sockets = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private readonly LinkStream _stream;

    private RawPeer(Socket socket) => _stream = new LinkStream(_sockets.Create(socket), TimeProvider.System, () => { });

    public static async Task<RawPeer> DialAsync(LinkNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(node.Endpoint).Within("the connection");
        return new RawPeer(socket);
    }

    public static async Task<RawPeer> AcceptAsync(TcpListener listener) => new(await listener.AcceptSocketAsync().Within("a connection"));

    public Task ShakeHandsAsync(LinkNode with, long self, LinkOptions? options = null, string name = "raw") =>
        new LinkHandshake(options ?? LinkNode.Options, new NodeId(name))
            .DialAsync(_stream, new Incarnation(self), with.Incarnation, CancellationToken.None).Within("the handshake");

    public Task AnswerAsync() =>
        new LinkHandshake(LinkNode.Options, new NodeId("raw")).AnswerAsync(_stream, _ => null, CancellationToken.None).Within("the hello");

    /// <returns>False when the other end is gone.</returns>
    public async Task<bool> SendAsync(params byte[] bytes)
    {
        try
        {
            return !(await _stream.Output.WriteAsync(bytes).AsTask().Within("room to write")).IsCompleted;
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public Task<byte[]> HearAsync() => _stream.HearAsync(LinkHandshake.MostBytes, CancellationToken.None).Within("a message");

    /// <summary>Reads until the other end closes, and throws away what comes.</summary>
    public async Task ClosedAsync()
    {
        async Task ReadAsync()
        {
            try
            {
                while (true)
                {
                    var result = await _stream.Input.ReadAsync();
                    _stream.Input.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted)
                    {
                        return;
                    }
                }
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException)
            {
                // Closed with a reset: closed all the same.
            }
        }

        await ReadAsync().Within("the end of the stream");
    }

    public async ValueTask DisposeAsync()
    {
        _stream.Abort("the test is over");
        await _stream.DisposeAsync();
        _sockets.Dispose();
    }
}
