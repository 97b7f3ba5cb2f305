using System.Buffers;
using System.ComponentModel;
using Realtime.Bench.Native;
using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>
/// Moves bytes between sockets and frames for all connections of a load process, on one thread with one receive buffer. A frame that arrived whole is
/// looked at where it lies; only half a frame is copied aside, into a rented buffer that goes back when its other half has come.
/// </summary>
internal sealed class ConnectionDriver(Poller poller, IConnectionEvents events, LoadSettings settings)
{
    private readonly Dictionary<int, LoadConnection> _byDescriptor = [];
    private readonly Upgrade _upgrade = new();
    private readonly MaskedFrame _masked = new();
    private readonly FrameDispatch _dispatch = new(events, settings.Verify);
    private byte[] _buffer = new byte[256 * 1024];

    public ClientFrames Frames { get; } = new();

    public void Dial(LoadConnection connection)
    {
        try
        {
            connection.Descriptor = TcpSocket.Connect(connection.Source, connection.Port, connection.ReceiveBuffer);
        }
        catch (Win32Exception refused)
        {
            events.Lost(connection, ConnectionPhase.Connecting, "connect: " + refused.Message);
            return;
        }

        connection.Phase = ConnectionPhase.Connecting;
        _byDescriptor[connection.Descriptor] = connection;
        poller.Add(connection.Descriptor, Poller.Readable | Poller.Writable);
    }

    public void Ready(int descriptor, uint readiness)
    {
        // A connection closed earlier in the same batch of events has no entry any more.
        if (!_byDescriptor.TryGetValue(descriptor, out var connection))
            return;
        try
        {
            if (connection.Phase == ConnectionPhase.Connecting)
                FinishConnect(connection);
            else if ((readiness & Poller.Writable) != 0)
                Flush(connection);
            if (connection.Phase > ConnectionPhase.Connecting && (readiness & (Poller.Readable | Poller.Broken)) != 0)
                Receive(connection);
        }
        catch (ProtocolFaultException fault)
        {
            Lose(connection, fault.Message);
        }
    }

    /// <summary>Sends one text frame, masked; what the kernel does not take now goes when the socket is writable again.</summary>
    public void Send(LoadConnection connection, ReadOnlySpan<byte> text) => SendRaw(connection, _masked.Write(WebSocketFrame.Text, text));

    public void StopReading(LoadConnection connection) => poller.Remove(connection.Descriptor);

    /// <summary>A sign of life from a connection that does not read. Whether it arrives is not asked: the server may have closed it for its slowness.</summary>
    public void KeepAlive(LoadConnection connection)
    {
        if (connection.Phase == ConnectionPhase.Open)
            _ = TcpSocket.Send(connection.Descriptor, _masked.Write(WebSocketFrame.Text, ClientFrames.Pong));
    }

    /// <summary>Closes without telling the events: the load wants it so.</summary>
    public void Close(LoadConnection connection)
    {
        if (connection.Descriptor < 0)
            return;
        _byDescriptor.Remove(connection.Descriptor);
        TcpSocket.Reset(connection.Descriptor);
        connection.Descriptor = -1;
        connection.Phase = ConnectionPhase.Closed;
        connection.Unsent = [];
        connection.Fragments = null;
        ReturnCarry(connection);
    }

    private void FinishConnect(LoadConnection connection)
    {
        var error = TcpSocket.TakeError(connection.Descriptor);
        if (error != 0)
            throw new ProtocolFaultException("connect: " + new Win32Exception(error).Message);
        connection.Phase = ConnectionPhase.Upgrading;
        poller.Change(connection.Descriptor, Poller.Readable);
        SendRaw(connection, _upgrade.Request(connection.Port, connection.Query));
    }

    private void Receive(LoadConnection connection)
    {
        var kept = connection.CarryLength;
        if (kept > 0)
            connection.Carry.AsSpan(0, kept).CopyTo(_buffer);
        var count = TcpSocket.Receive(connection.Descriptor, _buffer.AsSpan(kept, Math.Min(_buffer.Length - kept, settings.ReadBytes)));
        if (count < 0)
            return;
        if (count == 0)
            throw new ProtocolFaultException(connection.Goodbye ?? "the server closed the connection");

        var now = LoadClock.Now;
        var bytes = _buffer.AsSpan(0, kept + count);
        var used = 0;
        if (connection.Phase == ConnectionPhase.Upgrading)
        {
            used = _upgrade.TryAccept(bytes);
            if (used > 0)
                Greet(connection);
        }

        while (connection.Phase > ConnectionPhase.Upgrading && WebSocketFrame.TryRead(bytes[used..], out var frame))
        {
            used += frame.Size;
            Take(connection, frame, now);
        }

        if (connection.Phase != ConnectionPhase.Closed)
            Keep(connection, bytes[used..]);
    }

    private void Greet(LoadConnection connection)
    {
        connection.Phase = ConnectionPhase.Greeting;
        var channel = connection is { Subscribes: true, SubscribeSeparately: false, Token: null } ? connection.Channel : null;
        Send(connection, Frames.Hello(channel, connection.Token, connection.Position, connection.Channel, connection.Producer, LoadClock.Now, settings.UserToken));
    }

    private void Take(LoadConnection connection, WebSocketFrame frame, long now)
    {
        switch (frame.Opcode)
        {
            case WebSocketFrame.Text when frame.Final:
                Take(connection, frame.Payload, now);
                break;
            case WebSocketFrame.Text:
                connection.Fragments = new ArrayBufferWriter<byte>(frame.Payload.Length * 2 + 64);
                connection.Fragments.Write(frame.Payload);
                break;
            case WebSocketFrame.Continuation when connection.Fragments is { } fragments:
                fragments.Write(frame.Payload);
                if (frame.Final)
                {
                    connection.Fragments = null;
                    Take(connection, fragments.WrittenSpan, now);
                }

                break;
            case WebSocketFrame.Ping:
                SendRaw(connection, _masked.Write(WebSocketFrame.Pong, frame.Payload));
                break;
            case WebSocketFrame.Pong:
                break;
            case WebSocketFrame.Close:
                SendRaw(connection, _masked.Write(WebSocketFrame.Close, frame.Payload));
                throw new ProtocolFaultException(connection.Goodbye ?? "the server sent a close frame");
            default:
                throw new ProtocolFaultException($"a frame of opcode {frame.Opcode} is out of place");
        }
    }

    private void Take(LoadConnection connection, ReadOnlySpan<byte> text, long now)
    {
        switch (_dispatch.Take(connection, text, now))
        {
            case FrameAnswer.Pong:
                Send(connection, ClientFrames.Pong);
                break;
            case FrameAnswer.Subscribe:
                Send(connection, Frames.Subscribe(connection.Channel));
                break;
        }
    }

    private void SendRaw(LoadConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (connection.Unsent.Length > 0)
        {
            connection.Unsent = [.. connection.Unsent, .. bytes];
            return;
        }

        var sent = TcpSocket.Send(connection.Descriptor, bytes);
        if (sent < 0)
        {
            // The receive side tells the end of the connection in one place; here there is only nothing more to say.
            return;
        }

        if (sent < bytes.Length)
        {
            connection.Unsent = bytes[sent..].ToArray();
            poller.Change(connection.Descriptor, Poller.Readable | Poller.Writable);
        }
    }

    private void Flush(LoadConnection connection)
    {
        var sent = TcpSocket.Send(connection.Descriptor, connection.Unsent);
        if (sent < 0)
            throw new ProtocolFaultException("the connection broke while sending");
        connection.Unsent = connection.Unsent[sent..];
        if (connection.Unsent.Length == 0)
            poller.Change(connection.Descriptor, Poller.Readable);
    }

    private void Keep(LoadConnection connection, ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            ReturnCarry(connection);
            return;
        }

        // `rest` lies in the shared buffer, never in the carry: it may be copied over whatever was kept before.
        if (connection.Carry is null || connection.Carry.Length < rest.Length)
        {
            ReturnCarry(connection);
            connection.Carry = ArrayPool<byte>.Shared.Rent(rest.Length);
        }

        rest.CopyTo(connection.Carry);
        connection.CarryLength = rest.Length;
        if (rest.Length > _buffer.Length / 2)
            _buffer = new byte[_buffer.Length * 2];
    }

    private void Lose(LoadConnection connection, string fault)
    {
        var before = connection.Phase;
        Close(connection);
        events.Lost(connection, before, fault);
    }

    private static void ReturnCarry(LoadConnection connection)
    {
        if (connection.Carry is not null)
            ArrayPool<byte>.Shared.Return(connection.Carry);
        connection.Carry = null;
        connection.CarryLength = 0;
    }
}
