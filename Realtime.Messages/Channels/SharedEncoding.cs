namespace Realtime.Messages.Channels;

/// <summary>The bytes of a message that is sent to several nodes, made by the first serializer that needs them.</summary>
public sealed class SharedEncoding
{
    private byte[]? _bytes;

    public byte[] GetOrEncode<TMessage>(TMessage message, Func<TMessage, byte[]> encode)
    {
        ArgumentNullException.ThrowIfNull(encode);
        return Volatile.Read(ref _bytes) ?? Interlocked.CompareExchange(ref _bytes, encode(message), null) ?? _bytes;
    }
}
