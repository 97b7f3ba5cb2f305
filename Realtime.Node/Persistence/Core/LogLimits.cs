namespace Realtime.Node.Persistence.Core;

/// <summary>Sizes that bound what a log gathers, reads and lets pile up.</summary>
public sealed record LogLimits
{
    public static LogLimits Default { get; } = new();

    /// <summary>Messages in one event at most, unless a single append has more.</summary>
    public int EventMessages { get; init; } = 256;

    /// <summary>Bytes of one event at most, unless a single append has more.</summary>
    public long EventBytes { get; init; } = 256 * 1024;

    /// <summary>A snapshot is due after this many events or bytes.</summary>
    public int SnapshotEvents { get; init; } = 1_000;

    public long SnapshotBytes { get; init; } = 1024 * 1024;

    /// <summary>So many times overdue, a snapshot is taken although appends wait: a log that is never quiet must not grow its recovery without end.</summary>
    public int SnapshotPatience { get; init; } = 4;

    /// <summary>An index entry for each so many events or bytes: what a reader may have to skip.</summary>
    public int IndexEvents { get; init; } = 64;

    public long IndexBytes { get; init; } = 64 * 1024;

    /// <summary>Rows deleted at once.</summary>
    public int DeleteRows { get; init; } = 500;

    /// <summary>Older events of a session's log are deleted when there are so many.</summary>
    public int SessionEvents { get; init; } = 16;

    /// <summary>Readers of one log at work at once; others wait.</summary>
    public int Readers { get; init; } = 4;
}
