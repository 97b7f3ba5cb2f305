namespace Realtime.Node.Persistence.Store;

/// <summary>What the journal asks of a table of events beside appending. Reads answer for many logs at once.</summary>
internal abstract class EventQueries
{
    /// <summary>Rows of one log in one answer.</summary>
    public const int PageRows = 64;

    /// <summary>Bytes of one answer, over all logs; one row more may be in it.</summary>
    public const int PageBytes = 8 << 20;

    /// <summary>The highest number of each log over all its rows, deleted ones too; 0 for a log without rows.</summary>
    public abstract Task<IReadOnlyList<long>> HighestAsync(IReadOnlyList<string> persistenceIds, CancellationToken cancellation);

    /// <summary>The beginning of each range, without deleted rows.</summary>
    public abstract Task<IReadOnlyList<EventPage>> PagesAsync(IReadOnlyList<EventRange> ranges, CancellationToken cancellation);

    /// <summary>Deletes the oldest rows up to a number, never a log's newest: it keeps the numbers going.</summary>
    /// <returns>How many are gone; fewer than asked for when no more are left.</returns>
    public abstract Task<int> DeleteAsync(string persistenceId, long to, int most, CancellationToken cancellation);

    /// <summary>Marks what is left up to a number as deleted and drops its content.</summary>
    public abstract Task BuryAsync(string persistenceId, long to, CancellationToken cancellation);
}
