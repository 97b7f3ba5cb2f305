using Realtime.Node.Telemetry;

namespace Realtime.Node.Schedules;

/// <summary>The lines about schedules.</summary>
internal sealed partial class ScheduleLogging(ILogger<ScheduleLogging> logger)
{
    [LoggerMessage(LogEvents.SchedulesNotRead, LogLevel.Warning, "What is scheduled cannot be read; nothing is fired until it can. It is tried again")]
    public partial void SchedulesNotRead();

    [LoggerMessage(LogEvents.SchedulesKept, LogLevel.Information, "This node keeps the schedules of the cluster: {Pending} publishes wait for their time")]
    public partial void SchedulesKept(int pending);

    [LoggerMessage(LogEvents.SchedulerFailed, LogLevel.Error, "The scheduler failed and begins anew: it reads what is scheduled again, and goes on")]
    public partial void SchedulerFailed(Exception fault);
}
