using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>What all connections of a node go by.</summary>
public sealed record ConnectionSetup(
    NodeId Node, ConnectionPolicy Policy, NamespaceTable Namespaces, ITokenVerifier Tokens, ResumeTokens ResumeTokens)
{
    internal AccessCheck Access { get; } = new(Namespaces);
}
