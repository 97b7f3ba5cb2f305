namespace Realtime.Client;

/// <summary>Which page of a channel's log to read.</summary>
public sealed record HistoryOptions
{
    internal static HistoryOptions Default { get; } = new();

    /// <summary>Where to start; null for the server's default.</summary>
    public From? From { get; init; }

    /// <summary>Most messages to return; null for the server's default.</summary>
    public int? Limit { get; init; }

    /// <summary>Newest first. Default false.</summary>
    public bool Reverse { get; init; }
}
