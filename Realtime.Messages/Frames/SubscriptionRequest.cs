using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Frames;

/// <summary>What a client asks of one channel, in <c>subscribe</c> and in <c>hello.subscriptions</c>.</summary>
public sealed record SubscriptionRequest(ChannelName Channel)
{
    /// <summary>Null: <see cref="StartFrom.Live"/>.</summary>
    public StartFrom? From { get; init; }

    /// <summary>A subscription token, for channels that begin with <c>$</c>; never logged.</summary>
    public string? Token { get; init; }

    /// <summary>What others see of this session; null: it is not announced.</summary>
    public Payload? Presence { get; init; }
}
