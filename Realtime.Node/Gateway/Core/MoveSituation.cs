using Realtime.Node.Connections.Core;

namespace Realtime.Node.Gateway.Core;

/// <summary>What the plan of moves goes by in one step.</summary>
/// <param name="Now">Milliseconds of a monotonic clock.</param>
/// <param name="Left">Milliseconds until the drain has to be over; without meaning in other modes.</param>
/// <param name="Here">All welcomed connections.</param>
/// <param name="Seed">Random.</param>
internal readonly record struct MoveSituation(
    long Now, MoveMode Mode, long Left, ClientPlaces Places, IReadOnlyList<MoveCandidate> Here, ulong Seed);
