namespace Realtime.Client;

/// <summary>Where to begin with what lies before a stream.</summary>
/// <param name="From">As the server understands it.</param>
/// <param name="After">The message after this offset is due: when it is gone, that is a gap. Null: whatever is still there.</param>
internal sealed record PastStart(From From, long? After = null)
{
    /// <summary>What a subscription asks for that joins a stream going on after <paramref name="start"/>; null for nothing.</summary>
    public static PastStart? Of(SubscribeOptions options, bool remembered, Position start)
    {
        if (options.History is { } history)
        {
            return start.Offset == 0 || history.Count == 0 ? null
                : new PastStart(history.Count is { } count ? From.Position(start with { Offset = Math.Max(0, start.Offset - count) }) : From.Start);
        }

        // A remembered position wins over From.
        return remembered || options.From is not { IsLive: false } from ? null
            : new PastStart(from, from.Place is { } place && place.Epoch == start.Epoch ? place.Offset : null);
    }
}
