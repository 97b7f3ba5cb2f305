using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Publishing;

/// <summary>One message to publish as it stands in a body: where to, what, and under what conditions. Checked as far as that goes without the namespace.</summary>
internal sealed record PublishItem(IReadOnlyList<ChannelName> Channels, Payload Payload)
{
    /// <summary>It named several channels, or one in an array: it is answered for each.</summary>
    public bool IsMany { get; init; }

    /// <summary>It is for this session alone, which has to have the channel first; none: it is for channels.</summary>
    public SessionId Session { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public string? IdempotencyKey { get; init; }

    public StreamPosition? Expected { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    public SessionId Except { get; init; }

    /// <summary>When it is to be published, milliseconds since 1970; null: now.</summary>
    public long? At { get; init; }
}
