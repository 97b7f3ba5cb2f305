using Akka.Actor;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds;

/// <summary>How many subscribers a channel has on this node.</summary>
/// <param name="Behind">Those of them that read from the log or wait for room.</param>
internal sealed record ChannelSubscriberCount(ChannelName Channel, int Total, int Behind) : INoSerializationVerificationNeeded;
