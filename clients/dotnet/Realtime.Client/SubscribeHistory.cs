using System.Globalization;

namespace Realtime.Client;

/// <summary>How much of a channel's past a subscription begins with.</summary>
public sealed record SubscribeHistory
{
    private SubscribeHistory(int? count) => Count = count;

    /// <summary>Everything the log still has.</summary>
    public static SubscribeHistory All { get; } = new(null);

    /// <summary>How many messages; null for all.</summary>
    public int? Count { get; }

    /// <summary>The newest <paramref name="count"/> messages.</summary>
    public static SubscribeHistory Last(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new SubscribeHistory(count);
    }

    /// <summary>The newest <paramref name="count"/> messages.</summary>
    public static implicit operator SubscribeHistory(int count) => Last(count);

    public override string ToString() => Count is { } count ? string.Create(CultureInfo.InvariantCulture, $"last {count}") : "all";

    /// <summary>As the start of a subscription that has none of its own yet.</summary>
    internal From ToFrom() => Count is { } count ? From.Last(count) : From.Start;
}
