namespace Realtime.Messages.Operators;

/// <summary>A node that starts no move that only serves balance, until the pause is over; a drain goes on.</summary>
public sealed record MovesPause(string Node, int SecondsLeft);
