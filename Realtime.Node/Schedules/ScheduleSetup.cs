using Realtime.Node.Schedules.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Schedules;

/// <summary>What the scheduler works with.</summary>
internal sealed record ScheduleSetup(ScheduleBounds Bounds, ScheduleLog Log, ScheduleFiring Firing, ScheduleInstruments Metrics, TimeProvider Time, ScheduleLogging Logging)
{
    /// <summary>How long those that are over are shown, from the end of the hour they were due in.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromHours(24);
}
