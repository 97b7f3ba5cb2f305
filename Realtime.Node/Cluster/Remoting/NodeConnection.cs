using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>
/// One connection between two nodes, on two threads of its own that block: what travels here decides who is alive, and must not wait for the threads that everything else
/// shares. There are one or two connections per pair of nodes.
/// </summary>
internal sealed class NodeConnection(Address local, Address remote, Socket socket, Stream stream, TransportSettings settings, TimeProvider time)
    : AssociationHandle(local, remote)
{
    private readonly SendQueue _queue = new(settings.QueueBytes);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _deadline;
    private int _closing;

    /// <summary>Completes when its socket is closed and nothing more is read.</summary>
    public Task Ended => _ended.Task;

    public override bool Write(ByteString payload) => _queue.TryAdd(payload);

    /// <summary>Sends what was written before and closes; cuts it off when that takes too long.</summary>
#pragma warning disable CS0672 // The one with a reason calls this one.
    public override void Disassociate()
#pragma warning restore CS0672
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _queue.End();
            _deadline = time.CreateTimer(_ => socket.Dispose(), null, settings.FlushTimeout, Timeout.InfiniteTimeSpan);
            if (_ended.Task.IsCompleted)
            {
                _deadline.Dispose();
            }
        }
    }

    /// <summary>Reads until the connection ends, on the calling thread. Not longer than it takes to connect for somebody who wants what is read.</summary>
    /// <param name="first">A frame that was read already; null: none.</param>
    /// <exception cref="InvalidDataException">What came are no frames.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public void Run(FrameReader reader, ByteString? first)
    {
        var writer = new Thread(Send) { IsBackground = true, Name = "cluster write" };
        writer.Start();
        IHandleEventListener? listener = null;
        try
        {
            if (ReadHandlerSource.Task.Wait(settings.ConnectTimeout))
            {
                listener = ReadHandlerSource.Task.Result;
                reader.Grow();
                for (var frame = first ?? reader.Read(settings.FrameBytes); frame is not null; frame = reader.Read(settings.FrameBytes))
                {
                    if (Volatile.Read(ref _closing) == 0)
                    {
                        listener.Notify(new InboundPayload(frame));
                    }
                }
            }
        }
        finally
        {
            listener?.Notify(new Disassociated(DisassociateInfo.Unknown));
            _queue.End();
            _deadline?.Dispose();
            socket.Dispose();
            writer.Join();
            stream.Dispose();
            _ended.TrySetResult();
        }
    }

    private void Send()
    {
        try
        {
            _queue.WriteTo(stream);

            // The other side reads to the end, and closes: a socket that is closed with something unread would take back what it has sent.
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The reader sees the same and says it.
            socket.Dispose();
        }
    }
}
