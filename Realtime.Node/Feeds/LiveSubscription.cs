using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Feeds;

/// <summary>Where a connection's subscription stands, for operators.</summary>
/// <param name="Position">Everything up to here is delivered or queued; null on channels without a log, and before it is placed.</param>
/// <param name="Head">The end of the log as far as this node knows; null on channels without one.</param>
/// <param name="IsBehind">It reads from the log, or waits for room to do so; otherwise it gets what comes.</param>
internal sealed record LiveSubscription(ChannelName Channel, StreamPosition? Position, StreamPosition? Head, bool IsBehind);
