using Realtime.Node.Configuration;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The rules of the namespaces as the node runs by them, as a table to read.</summary>
internal static class NamespaceListing
{
    private static readonly string[] Head = ["namespace", "durability", "subscribe", "publish", "presence", "message bytes", "lag", "history"];

    public static IEnumerable<string> Lines(IEnumerable<NamespacePolicy> policies)
    {
        List<string[]> rows = [Head, .. policies.OrderBy(policy => policy.Name, StringComparer.Ordinal).Select(Row)];
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Prepend("");
    }

    public static string History(NamespacePolicy policy) => policy.KeepsLog
        ? $"{policy.History.Count} messages, {new ByteSize(policy.History.Bytes)}, {(policy.History.Age is { } age ? DurationText.Format(age) : "any age")}"
        : "none";

    private static string[] Row(NamespacePolicy policy) =>
    [
        policy.Name,
        policy.Durability.ToString(),
        policy.Subscribe.ToString(),
        policy.Publish.ToString(),
        policy.Presence ? "yes" : "no",
        new ByteSize(policy.MessageBytes).ToString(),
        policy.Lag.ToString(),
        History(policy),
    ];
}
