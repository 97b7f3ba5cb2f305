namespace Realtime.Node.Schedules.Core;

/// <summary>By due time, and then as they were written.</summary>
internal sealed class ScheduleOrder : IComparer<ScheduleEntry>
{
    public static ScheduleOrder Instance { get; } = new();

    public int Compare(ScheduleEntry? x, ScheduleEntry? y) =>
        x!.Due != y!.Due ? x.Due.CompareTo(y.Due) : x.Position.Offset.CompareTo(y.Position.Offset);
}
