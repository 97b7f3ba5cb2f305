using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>What a node says of itself when it joins.</summary>
/// <param name="Boot">Random, one per process and join: tells two lives apart even if the store gave out an incarnation twice.</param>
/// <param name="PeerAddress"><c>host:port</c> at which other nodes reach it.</param>
/// <param name="ClientUrl">The address at which clients reach this very node, as <c>wss://node-1.example.com</c>; null when they cannot.</param>
/// <param name="Capacity">Sessions it is meant to hold: placement and the gateway weigh nodes by it.</param>
/// <param name="Protocol">Version of the node-to-node protocol it speaks.</param>
public sealed record NodeProfile(
    NodeId Name, Guid Boot, string PeerAddress, string? ClientUrl, string? Zone, int Capacity, int Protocol);
