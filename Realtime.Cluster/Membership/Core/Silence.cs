using Realtime.Messages.Ids;

namespace Realtime.Cluster.Membership.Core;

/// <summary>The evidence against a node: its counter did not move.</summary>
/// <param name="Heartbeat">The counter's value; the eviction holds only while it is still that.</param>
/// <param name="For">By the watcher's clock.</param>
/// <param name="Commits">Own heartbeats committed in that time: the store was there, the other could have written.</param>
internal readonly record struct Silence(Incarnation Victim, long Heartbeat, TimeSpan For, int Commits);
