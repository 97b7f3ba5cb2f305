using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>What the scheduler tells itself.</summary>
internal abstract record SchedulerInput : INoSerializationVerificationNeeded
{
    private SchedulerInput()
    {
    }

    /// <summary>A page of the log that is read back; null: it cannot be read now.</summary>
    public sealed record PageRead(ScheduleLog.Page? Page) : SchedulerInput;

    public sealed record ReadAgain : SchedulerInput;

    /// <summary>It is time to look for what a scheduler before has written late.</summary>
    public sealed record LookBehind : SchedulerInput;

    /// <summary>The log of an hour is named, or why not.</summary>
    public sealed record HourBegun(int Hour, RequestFault? Fault) : SchedulerInput;

    public sealed record Made(ScheduleEntry Entry, StreamPosition Position, RequestFault? Fault) : SchedulerInput;

    public sealed record CancelWritten(ScheduleEntry Entry, bool IsCancelled, long? ClaimedAt, RequestFault? Fault) : SchedulerInput;

    public sealed record Fired(ChannelName Channel, IReadOnlyList<FiringResult> Results) : SchedulerInput;

    /// <summary>Something is due now.</summary>
    public sealed record Due : SchedulerInput;

    public sealed record Clean : SchedulerInput;

    public sealed record HourEnded(int Hour, bool IsDone) : SchedulerInput;

    /// <summary>Another node takes over: what is being written is finished first.</summary>
    public sealed record Leave : SchedulerInput;

    public sealed record LeaveNow : SchedulerInput;

    public sealed record Restart(Exception Cause) : SchedulerInput;
}
