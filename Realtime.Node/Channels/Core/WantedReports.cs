namespace Realtime.Node.Channels.Core;

/// <summary>What the application wants to learn of a channel.</summary>
/// <param name="Occupancy">Whether it has subscribers.</param>
/// <param name="Members">Who is present.</param>
public readonly record struct WantedReports(bool Occupancy, bool Members);
