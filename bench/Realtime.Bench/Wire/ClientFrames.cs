using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Realtime.Bench.Wire;

/// <summary>The client frames of protocol.md that a load needs, written into one reused buffer. Channel names here need no escaping.</summary>
internal sealed class ClientFrames
{
    public static readonly byte[] Pong = [.. "{\"type\":\"pong\"}"u8];
    public static readonly byte[] Bye = [.. "{\"type\":\"bye\"}"u8];

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary><paramref name="channel"/> null: no subscription in the same breath.</summary>
    /// <param name="attempt">Grows with every hello of a session, so that one which was given up cannot take the session over from a later one.</param>
    public ReadOnlySpan<byte> Hello(string? channel, string? resumeToken, string? position, string? positionChannel, string? producer, long attempt, string? userToken = null)
    {
        _buffer.ResetWrittenCount();
        Put("{\"type\":\"hello\",\"id\":1,\"attempt\":").Put(attempt);
        if (producer is not null)
            Put(",\"producer\":\"").Put(producer).Put("\"");
        if (userToken is not null)
            Put(",\"token\":\"").Put(userToken).Put("\"");
        if (resumeToken is not null)
            Put(",\"session\":\"").Put(resumeToken).Put("\"");
        if (position is not null && positionChannel is not null)
            Put(",\"positions\":{\"").Put(positionChannel).Put("\":\"").Put(position).Put("\"}");
        if (channel is not null)
            Put(",\"subscriptions\":[{\"channel\":\"").Put(channel).Put("\"}]");
        Put("}");
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Subscribe(string channel)
    {
        _buffer.ResetWrittenCount();
        Put("{\"type\":\"subscribe\",\"id\":2,\"channel\":\"").Put(channel).Put("\"}");
        return _buffer.WrittenSpan;
    }

    /// <summary>A publish whose <c>data</c> is exactly <paramref name="dataBytes"/> long (when that is enough for number and stamp).</summary>
    public ReadOnlySpan<byte> Publish(long id, long sequence, string channel, long number, long stamp, int dataBytes)
    {
        _buffer.ResetWrittenCount();
        Put("{\"type\":\"publish\",\"id\":").Put(id);
        if (sequence > 0)
            Put(",\"seq\":").Put(sequence);
        Put(",\"channel\":\"").Put(channel).Put("\",\"data\":");
        var start = _buffer.WrittenCount;
        Put("{\"n\":").Put(number).Put(",\"t\":").Put(stamp).Put(",\"p\":\"");
        var padding = dataBytes - (_buffer.WrittenCount - start) - 2;
        if (padding > 0)
        {
            _buffer.GetSpan(padding)[..padding].Fill((byte)'x');
            _buffer.Advance(padding);
        }

        Put("\"}}");
        return _buffer.WrittenSpan;
    }

    private ClientFrames Put(string text)
    {
        _buffer.Advance(Encoding.UTF8.GetBytes(text, _buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        return this;
    }

    private ClientFrames Put(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.GetSpan(20), out var written);
        _buffer.Advance(written);
        return this;
    }
}
