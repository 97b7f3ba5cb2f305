namespace Realtime.Tests.Cluster.Checking;

/// <summary>A journal channel's log as the database has it after the run.</summary>
/// <param name="Rows">Offset and payload id, in offset order.</param>
/// <param name="Writers">Who wrote each event, in the order of sequence numbers.</param>
internal sealed record FinalLog(
    string Channel, string Epoch, long Head, long Tail, IReadOnlyList<KeyValuePair<long, string>> Rows, IReadOnlyList<WrittenEvent> Writers);
