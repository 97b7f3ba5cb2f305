using Realtime.Messages.Errors;

namespace Realtime.Node.Codecs;

/// <summary>Why a transport message is not the protocol at all, and what its connection is closed with.</summary>
/// <param name="Reason">In words fit for the client; never holds what was sent.</param>
public sealed record CodecFault(CloseCode Code, string Reason);
