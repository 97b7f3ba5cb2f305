using Realtime.Cluster.Membership;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Lighthouse;

/// <summary>The cluster as it was seen last.</summary>
/// <param name="SeenAt">Timestamp of the last answer of the store, taken before it was asked: the view is at least as new.</param>
internal sealed record Sighting(ClusterView View, ConnectTickets Tickets, ResumeTokens ResumeTokens, long SeenAt);
