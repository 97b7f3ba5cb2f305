namespace Realtime.Client.Protocol;

/// <summary>The other side sent something that is no frame of the protocol. The link cannot be trusted any more.</summary>
internal sealed class FrameException(string message, Exception? inner = null) : Exception(message, inner);
