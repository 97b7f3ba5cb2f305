using System.Buffers;

namespace Realtime.Tests.Links;

/// <summary>Bytes as a pipe hands them over: in segments.</summary>
internal sealed class LinkPieces : ReadOnlySequenceSegment<byte>
{
    private LinkPieces(ReadOnlyMemory<byte> memory, long at)
    {
        Memory = memory;
        RunningIndex = at;
    }

    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, int piece)
    {
        var first = new LinkPieces(bytes[..Math.Min(piece, bytes.Length)], 0);
        var last = first;
        for (var at = piece; at < bytes.Length; at += piece)
        {
            var next = new LinkPieces(bytes.Slice(at, Math.Min(piece, bytes.Length - at)), at);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
