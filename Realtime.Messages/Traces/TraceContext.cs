using System.Diagnostics;

namespace Realtime.Messages.Traces;

/// <summary>
/// The span that caused a message, where the trace is sampled; null otherwise, which is the rule. A reference and not <see cref="ActivityContext"/> itself, so that
/// messages of no trace carry one word for it and frames between nodes nothing.
/// </summary>
public sealed record TraceContext(ActivityTraceId Trace, ActivitySpanId Span)
{
    /// <summary>On links: both ids, one after the other.</summary>
    public const int Bytes = 24;

    private const int TraceBytes = 16;

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        Trace.CopyTo(bytes.AsSpan(0, TraceBytes));
        Span.CopyTo(bytes.AsSpan(TraceBytes));
        return bytes;
    }

    /// <returns>Null: these are no ids. W3C Trace Context forbids those that are all zero.</returns>
    public static TraceContext? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes || !bytes[..TraceBytes].ContainsAnyExcept((byte)0) || !bytes[TraceBytes..].ContainsAnyExcept((byte)0))
        {
            return null;
        }

        return new TraceContext(ActivityTraceId.CreateFromBytes(bytes[..TraceBytes]), ActivitySpanId.CreateFromBytes(bytes[TraceBytes..]));
    }
}
