using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>A log that keeps messages, and the time stamp (ms since 1970) of the oldest of them.</summary>
public readonly record struct OldestMessage(LogId Log, ChannelName Channel, long At);
