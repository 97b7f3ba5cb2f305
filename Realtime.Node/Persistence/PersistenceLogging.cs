using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Persistence;

/// <summary>
/// What logs and journals log. A store that does not answer is one line per journal when it begins and one when it is over; the logs that
/// suffer from it are lines for those who look closely.
/// </summary>
internal sealed partial class PersistenceLogging(ILogger logger)
{
    public static PersistenceLogging Off { get; } = new(NullLogger.Instance);

    [LoggerMessage(LogEvents.StoreFails, LogLevel.Warning, "The store does not serve {Journal}: {Kind}, {Reason}")]
    public partial void StoreFails(string journal, StoreFailureKind kind, string reason);

    [LoggerMessage(LogEvents.StoreServesAgain, LogLevel.Information, "The store serves {Journal} again, after {Elapsed}")]
    public partial void StoreServesAgain(string journal, TimeSpan elapsed);

    [LoggerMessage(LogEvents.EventUnreadable, LogLevel.Error, "Event {Number} of {Log} cannot be read, and what was in it is lost: {Reason}")]
    public partial void EventUnreadable(string log, long number, string reason);

    [LoggerMessage(LogEvents.SnapshotUnreadable, LogLevel.Error, "The snapshot of {Log} at event {Number} cannot be read; its events are read instead: {Reason}")]
    public partial void SnapshotUnreadable(string log, long number, string reason);

    [LoggerMessage(LogEvents.MessagesUnreadable, LogLevel.Error, "Messages {First} to {Last} of {Log} cannot be read; clients that ask for them receive a gap")]
    public partial void MessagesUnreadable(string log, long first, long last);

    [LoggerMessage(EventId = LogEvents.LogFenced, Message = "Another process has written to {Log}; what uses it stops here")]
    private partial void Fenced(LogLevel level, string log);

    [LoggerMessage(LogEvents.EventRejected, LogLevel.Error, "Event {Number} of {Log} cannot be written")]
    public partial void EventRejected(string log, long number, Exception failure);

    [LoggerMessage(LogEvents.SnapshotNotSaved, LogLevel.Warning, "A snapshot of {Log} was not saved; tried again with the next ones")]
    public partial void SnapshotNotSaved(string log, Exception failure);

    [LoggerMessage(LogEvents.RowsNotDeleted, LogLevel.Warning, "Rows of {Log} were not deleted; tried again later")]
    public partial void RowsNotDeleted(string log, Exception failure);

    [LoggerMessage(LogEvents.SweepFails, LogLevel.Warning, "The store cannot be searched for {Sought} now; tried again in {Pause}")]
    public partial void SweepFails(string sought, TimeSpan pause, Exception failure);

    [LoggerMessage(LogEvents.SweepUnanswered, LogLevel.Warning, "In a search for {Sought} {Count} did not answer in time; they are asked in the next round")]
    public partial void SweepUnanswered(string sought, int count);

    [LoggerMessage(LogEvents.EndedLogsNotDeleted, LogLevel.Warning, "The logs of {Count} ended sessions were not deleted; tried again in the next round")]
    public partial void EndedLogsNotDeleted(int count, Exception failure);

    /// <param name="isShared">Several processes may write to it, and read what the first one wrote.</param>
    public void EventNotWritten(string log, long number, Exception failure, bool isShared) =>
        EventNotWritten(isShared && StoreFailures.KindOf(failure) is StoreFailureKind.UniqueViolation ? LogLevel.Debug : LevelOf(failure), log, number, failure);

    /// <param name="isShared">As above: what uses it begins anew.</param>
    public void Fenced(string log, bool isShared) => Fenced(isShared ? LogLevel.Debug : LogLevel.Error, log);

    public void NotRead(string log, long number, Exception failure) => NotRead(LevelOf(failure), log, number, failure);

    public void NotRecovered(string log, long after, Exception failure) => NotRecovered(LevelOf(failure), log, after, failure);

    /// <summary>The store's trouble has its own line.</summary>
    private static LogLevel LevelOf(Exception failure) =>
        StoreFailures.KindOf(failure) is StoreFailureKind.OutOfReach or StoreFailureKind.StorageFull ? LogLevel.Debug : LogLevel.Warning;

    [LoggerMessage(EventId = LogEvents.EventNotWritten, Message = "Event {Number} of {Log} was not written, or its outcome is unknown; the log recovers")]
    private partial void EventNotWritten(LogLevel level, string log, long number, Exception failure);

    [LoggerMessage(EventId = LogEvents.LogNotRecovered, Message = "{Log} cannot be read behind event {After}; tried again")]
    private partial void NotRecovered(LogLevel level, string log, long after, Exception failure);

    [LoggerMessage(EventId = LogEvents.LogNotRead, Message = "{Log} was not read from event {Number} on for a reader; it asks again")]
    private partial void NotRead(LogLevel level, string log, long number, Exception failure);
}
