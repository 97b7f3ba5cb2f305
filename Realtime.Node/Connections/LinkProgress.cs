namespace Realtime.Node.Connections;

/// <summary>How far what was sent on a link has come.</summary>
/// <param name="Delivered">Bytes that the peer's end of the transport has taken, in all.</param>
/// <param name="IsUnderWay">Some that were sent have not got there.</param>
public readonly record struct LinkProgress(long Delivered, bool IsUnderWay);
