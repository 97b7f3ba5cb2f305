using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence;

/// <param name="OldestWritten">When its oldest kept event was written, by the clock of the node that wrote it.</param>
public readonly record struct KeptLog(ChannelName Channel, DateTimeOffset OldestWritten);
