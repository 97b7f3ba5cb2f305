namespace Realtime.Messages.Operators;

/// <summary>A user, or a client address, that a node has refused something for a limit.</summary>
/// <param name="Scope"><c>user</c> or <c>address</c>.</param>
/// <param name="Limit">What the latest was over: <c>sockets</c>, <c>handshakes</c>, <c>requests</c>, <c>bytes</c>, <c>subscriptions</c>, <c>presence</c>.</param>
/// <param name="Refused">Since the node remembers it.</param>
public sealed record LimitedClient(string Scope, string Name, string Limit, long Refused);
