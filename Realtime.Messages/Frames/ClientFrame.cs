using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Frames;

/// <summary>What a client may say (protocol.md §3). <see cref="Id"/> is 0 on frames that ask for no answer.</summary>
public abstract record ClientFrame
{
    private ClientFrame(long id) => Id = id;

    public long Id { get; }

    public sealed record Hello(long Id) : ClientFrame(Id)
    {
        /// <summary>The application's token; never logged.</summary>
        public string? Token { get; init; }

        /// <summary>The resume token; never logged.</summary>
        public string? Session { get; init; }

        public IReadOnlyList<ChannelPosition> Positions { get; init; } = [];

        /// <summary>Frames with further positions follow; the hello is complete with the last of them.</summary>
        public bool More { get; init; }

        public IReadOnlyList<SubscriptionRequest> Subscriptions { get; init; } = [];

        public ProducerId? Producer { get; init; }

        /// <summary>Grows with every hello the client sends for its session.</summary>
        public long? Attempt { get; init; }

        public string? ClientName { get; init; }

        public string? ClientVersion { get; init; }

        public Payload? Data { get; init; }
    }

    /// <summary>What did not fit into a hello that said so.</summary>
    public sealed record MorePositions(IReadOnlyList<ChannelPosition> Positions, bool More) : ClientFrame(0);

    public sealed record Subscribe(long Id, SubscriptionRequest Request) : ClientFrame(Id);

    public sealed record Unsubscribe(long Id, ChannelName Channel) : ClientFrame(Id);

    public sealed record Publish(long Id, ChannelName Channel, Payload Payload) : ClientFrame(Id)
    {
        public long? Sequence { get; init; }

        public bool Echo { get; init; } = true;

        public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];
    }

    public sealed record History(long Id, ChannelName Channel) : ClientFrame(Id)
    {
        public StartFrom? From { get; init; }

        public int? Limit { get; init; }

        public bool Reverse { get; init; }
    }

    /// <param name="After">The last member of the part before; none: from the first on.</param>
    public sealed record Presence(long Id, ChannelName Channel, SessionId After = default) : ClientFrame(Id);

    public sealed record Update(long Id, ChannelName Channel, Payload Data) : ClientFrame(Id);

    public sealed record Call(long Id, string Method, Payload? Data, long? Sequence) : ClientFrame(Id);

    /// <param name="Value">Null removes the key.</param>
    public sealed record Set(long Id, string Key, Payload? Value) : ClientFrame(Id);

    public sealed record Refresh(long Id, string Token, ChannelName? Channel) : ClientFrame(Id);

    public sealed record Ack(IReadOnlyList<ChannelPosition> Positions) : ClientFrame(0);

    public sealed record Pong(IReadOnlyList<ChannelPosition> Acked) : ClientFrame(0);

    public sealed record Bye(long Id) : ClientFrame(Id);

    /// <summary>A frame that can be read as JSON but not as a frame: answered with an error, the connection lives on.</summary>
    public sealed record Malformed(long Id, ErrorCode Code, string Message) : ClientFrame(Id);
}
