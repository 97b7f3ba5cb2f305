namespace Realtime.Cluster.Journal;

/// <summary>What an append must look like whatever the store: a caller that gets this wrong would write a log with a hole.</summary>
internal static class AppendCheck
{
    /// <exception cref="ArgumentException">Offsets do not follow the expected head, or the tail lies outside of the log.</exception>
    public static void Demand(AppendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(request.ExpectedHead);
        var messages = request.Messages;
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Offset != request.ExpectedHead + i + 1)
            {
                throw new ArgumentException(
                    $"message {i} has offset {messages[i].Offset} and should have {request.ExpectedHead + i + 1}", nameof(request));
            }
        }

        if (request.Tail is { } tail && (tail < 1 || tail > request.ExpectedHead + messages.Count + 1))
        {
            throw new ArgumentException($"tail {tail} lies outside of 1 to head + 1", nameof(request));
        }
    }
}
