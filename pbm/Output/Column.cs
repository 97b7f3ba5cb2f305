namespace Realtime.Pbm.Output;

/// <param name="Rank">In a narrow window columns go by this, the highest first; 0 never goes.</param>
/// <param name="Shrinks">Whether its text may be cut where there is no room for all of it.</param>
internal sealed record Column(string Name, int Rank = 0, bool Right = false, bool Shrinks = false);
