using Realtime.Messages.Entities;

namespace Realtime.Node.Connections.Core;

/// <summary>Who wants to do something on a channel.</summary>
/// <param name="IsSubscribed">It is subscribed to the channel.</param>
/// <param name="HasToken">A subscription token of this channel speaks for it, and counts now.</param>
internal readonly record struct AccessSubject(SessionIdentity? Identity, bool IsSubscribed = false, bool HasToken = false);
