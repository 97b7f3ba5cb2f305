using System.Text.Json;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Hosting;

/// <summary>Counts what a store says of its batches.</summary>
internal static class StoreMeter
{
    private static readonly Dictionary<WriteOutcome, string> Names =
        Enum.GetValues<WriteOutcome>().ToDictionary(outcome => outcome, outcome => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()));

    public static string NameOf(WriteOutcome outcome) => Names[outcome];

    public static BatchWritten Into(StoreFigures figures) => (took, outcomes) =>
    {
        var whole = WriteOutcome.Committed;
        foreach (var outcome in outcomes)
        {
            figures.Writes[NameOf(outcome)].Add(1);

            // A write that came too late is refused by a transaction that was committed all the same.
            whole = outcome is WriteOutcome.Committed or WriteOutcome.Conflict or WriteOutcome.Fenced ? whole : outcome;
        }

        figures.BatchWritten(took, outcomes.Length, NameOf(whole));
    };
}
