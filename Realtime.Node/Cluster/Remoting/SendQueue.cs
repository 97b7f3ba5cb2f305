using System.Buffers.Binary;
using Google.Protobuf;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>Frames that wait to be sent on one connection. Filled by any thread, emptied by the connection's own one.</summary>
internal sealed class SendQueue(int mostBytes)
{
    private const int HeaderBytes = sizeof(int);
    private const int BufferBytes = 64 * 1024;

    private readonly object _gate = new();
    private List<ByteString> _waiting = [];
    private List<ByteString> _sending = [];
    private long _bytes;
    private bool _ended;

    /// <returns>False: there is no room now, or never again.</returns>
    public bool TryAdd(ByteString frame)
    {
        lock (_gate)
        {
            if (_ended || (_bytes > 0 && _bytes + frame.Length > mostBytes))
            {
                return false;
            }

            _waiting.Add(frame);
            _bytes += frame.Length;
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    /// <summary>Takes nothing more; what is there is sent.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what is added, until the end.</summary>
    public void WriteTo(Stream stream)
    {
        var buffer = new byte[BufferBytes];
        while (Take())
        {
            long taken = 0;
            var filled = 0;
            foreach (var frame in _sending)
            {
                taken += frame.Length;
                filled = Append(stream, buffer, filled, frame);
            }

            _sending.Clear();
            stream.Write(buffer, 0, filled);
            stream.Flush();
            lock (_gate)
            {
                _bytes -= taken;
            }
        }
    }

    private static int Append(Stream stream, byte[] buffer, int filled, ByteString frame)
    {
        if (filled + HeaderBytes > buffer.Length)
        {
            stream.Write(buffer, 0, filled);
            filled = 0;
        }

        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(filled), frame.Length);
        filled += HeaderBytes;
        if (filled + frame.Length <= buffer.Length)
        {
            frame.Span.CopyTo(buffer.AsSpan(filled));
            return filled + frame.Length;
        }

        stream.Write(buffer, 0, filled);
        stream.Write(frame.Span);
        return 0;
    }

    private bool Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_ended)
            {
                Monitor.Wait(_gate);
            }

            (_waiting, _sending) = (_sending, _waiting);
            return _sending.Count > 0;
        }
    }
}
