using System.Buffers;

namespace Realtime.Node.Feeds;

/// <summary>Frames that go out as one transport message: a single item as it is, several copied together into a rented buffer.</summary>
internal struct CombinedMessage
{
    private EncodedFrames? _single;
    private byte[]? _rented;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == 0;

    public void Add(EncodedFrames item)
    {
        if (IsEmpty)
        {
            _single = item;
            Length = item.Length;
            return;
        }

        if (_rented is null)
        {
            _rented = ArrayPool<byte>.Shared.Rent(Math.Max(Length + item.Length + 3, 4096));
            _rented[0] = (byte)'[';
            _single!.Joined.Span.CopyTo(_rented.AsSpan(1));
            Length++;
        }

        if (Length + item.Length + 2 > _rented.Length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(_rented.Length * 2, Length + item.Length + 2));
            _rented.AsSpan(0, Length).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = bigger;
        }

        _rented[Length++] = (byte)',';
        item.Joined.Span.CopyTo(_rented.AsSpan(Length));
        Length += item.Length;
    }

    /// <summary>Sends what gathered; once.</summary>
    public readonly async ValueTask SendAsync(IFrameWriter writer)
    {
        if (_rented is not { } rented)
        {
            await writer.SendAsync(_single!.Message).ConfigureAwait(false);
            return;
        }

        rented[Length] = (byte)']';
        try
        {
            await writer.SendAsync(rented.AsMemory(0, Length + 1)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
