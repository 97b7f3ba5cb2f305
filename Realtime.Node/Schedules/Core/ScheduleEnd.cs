namespace Realtime.Node.Schedules.Core;

/// <summary>What became of a scheduled publish.</summary>
/// <param name="Position">Where its message stands, in a channel with a log.</param>
/// <param name="Code">Of a refusal, by the registry.</param>
internal readonly record struct ScheduleEnd(ScheduleState State, string? Position = null, string? Code = null, string? Detail = null);
