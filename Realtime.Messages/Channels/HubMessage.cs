namespace Realtime.Messages.Channels;

/// <summary>What the hubs of feeds and the channels of two nodes say to each other, for many channels at once.</summary>
public abstract record HubMessage
{
    /// <summary>Name of the actor, at the top of each node, that takes <see cref="Renew"/>.</summary>
    public const string Renewals = "channel-renewals";

    /// <summary>Name of the actor, at the top of each node, that takes <see cref="Probe"/>.</summary>
    public const string Traffic = "channel-traffic";

    private HubMessage()
    {
    }

    /// <summary>
    /// A hub asks after channels that its feeds follow on the receiver's node. Answered at once with <see cref="Renewed"/>; a channel that
    /// runs answers by itself, with <see cref="ChannelReply.Renewed"/>, and only when it knows something else than the feed.
    /// </summary>
    /// <param name="Page">Counts the pages of the hub.</param>
    public sealed record Renew(long Page, FeedId Feed, IReadOnlyList<FollowedChannel> Channels) : HubMessage;

    /// <param name="Unknown">Attempts of the page whose channels do not run on the node: their feeds have to listen anew.</param>
    public sealed record Renewed(long Page, IReadOnlyList<long> Unknown) : HubMessage;

    /// <summary>Goes behind everything that was sent to a node before; answered at once with <see cref="Probed"/>.</summary>
    /// <param name="Sent">Bytes of batches and pages that were sent to the node so far.</param>
    public sealed record Probe(long Sent) : HubMessage;

    /// <param name="Sent">The probe's: all of it has left the sender.</param>
    public sealed record Probed(long Sent) : HubMessage;
}
