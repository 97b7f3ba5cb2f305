namespace Realtime.Messages.Operators;

/// <summary>The streams between a node and another one, as the node sees them.</summary>
/// <param name="Queued">Bytes that wait to be sent.</param>
public sealed record LinkStatus(string Peer, bool Up, long Queued);
