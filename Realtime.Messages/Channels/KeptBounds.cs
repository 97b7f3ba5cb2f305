using Realtime.Messages.Positions;

namespace Realtime.Messages.Channels;

/// <summary>What a kept log is, without its messages.</summary>
/// <param name="Head">Offset of the last message.</param>
/// <param name="Tail">Offset of the first message that is there; one behind the head when none is.</param>
/// <param name="LastAt">Time of the newest message, milliseconds since 1970.</param>
/// <param name="Producers">How many are remembered.</param>
public sealed record KeptBounds(Epoch Epoch, long Head, long Tail, long LastAt, int Producers);
