using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The connections of a node.</summary>
/// <param name="NotWelcomed">How many more are open, whose sessions are not known yet.</param>
internal sealed record ConnectionList(IReadOnlyList<MoveCandidate> Welcomed, int NotWelcomed);
