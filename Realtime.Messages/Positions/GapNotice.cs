namespace Realtime.Messages.Positions;

/// <summary>
/// The explicit word that messages were lost to a session. <paramref name="From"/> and <paramref name="To"/> are inclusive offsets,
/// null when unknown; the stream goes on after <paramref name="Position"/>.
/// </summary>
public sealed record GapNotice(GapReason Reason, StreamPosition Position, long? From = null, long? To = null);
