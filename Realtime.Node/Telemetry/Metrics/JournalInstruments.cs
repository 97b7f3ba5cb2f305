using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What one journal writes and reads. Safe for all threads.</summary>
public sealed class JournalInstruments
{
    private readonly KeyValuePair<string, object?> _journal;
    private readonly Histogram<double>? _writes;
    private readonly Histogram<double>? _commits;

    internal JournalInstruments(string name, Histogram<double>? writes, Histogram<double>? commits)
    {
        (_journal, _writes, _commits) = (new("journal", name), writes, commits);
        Writes = new CounterTable<WriteOutcome>(Enum.GetValues<WriteOutcome>(), outcome => [_journal, new("outcome", NameOf(outcome))], [_journal, new("outcome", "other")]);
        Reads = new CounterTable<bool>([true, false], isAnswered => [_journal, new("outcome", isAnswered ? "ok" : "failed")], [_journal]);
    }

    public CounterTable<WriteOutcome> Writes { get; }

    /// <summary>By whether the store has answered.</summary>
    public CounterTable<bool> Reads { get; }

    public static string NameOf(WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Committed => "committed",
        WriteOutcome.Conflict => "conflict",
        WriteOutcome.StorageFull => "storage_full",
        WriteOutcome.Unavailable => "unavailable",
        WriteOutcome.Unknown => "unknown",
        WriteOutcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "has no name"),
    };

    public void WriteEnded(WriteOutcome outcome, TimeSpan took)
    {
        Writes[outcome].Add(1);
        _writes?.Record(took.TotalSeconds, _journal, new KeyValuePair<string, object?>("outcome", NameOf(outcome)));
    }

    /// <summary>A transaction with any number of writes has ended.</summary>
    public void TransactionEnded(TimeSpan took) => _commits?.Record(took.TotalSeconds, _journal);
}
