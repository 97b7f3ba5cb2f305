using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>What became of an entry that was due.</summary>
/// <param name="At">When, milliseconds since 1970.</param>
internal readonly record struct FiringResult(ScheduleEntry Entry, ScheduleEnd End, long At);
