namespace Realtime.Node.Persistence.Core;

/// <summary>What is true of this node at the instant of an input.</summary>
/// <param name="HoldsLease">Without it nothing is answered.</param>
/// <param name="Store">Identity and timeline of the store.</param>
public readonly record struct LogStanding(bool HoldsLease, ulong Store);
