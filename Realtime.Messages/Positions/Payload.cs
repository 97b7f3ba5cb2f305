namespace Realtime.Messages.Positions;

/// <summary>What a message carries: one JSON value as the client sent it, or raw bytes. Owned by whoever holds it; never a rented buffer.</summary>
public readonly record struct Payload(ReadOnlyMemory<byte> Bytes, bool IsBinary = false)
{
    public int Length => Bytes.Length;

    public bool Equals(Payload other) => IsBinary == other.IsBinary && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes.Span);
        hash.Add(IsBinary);
        return hash.ToHashCode();
    }

    /// <summary>Never the content: payloads do not belong in logs.</summary>
    public override string ToString() => $"{(IsBinary ? "bytes" : "json")}[{Bytes.Length}]";
}
