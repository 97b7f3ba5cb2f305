using System.Text.Json;

namespace Realtime.Client;

/// <summary>Where a new subscription (or a page of history) starts.</summary>
public sealed record From
{
    private readonly Action<Utf8JsonWriter> _write;

    private From(Action<Utf8JsonWriter> write) => _write = write;

    internal bool IsLive => ReferenceEquals(this, Live);

    /// <summary>The position it is; null when it is none.</summary>
    internal Position? Place { get; private init; }

    /// <summary>How many messages it is at most; null when it does not say.</summary>
    internal int? Count { get; private init; }

    /// <summary>Only what is published from now on. The default of a subscription.</summary>
    public static From Live { get; } = new(writer => writer.WriteStringValue("live"u8));

    /// <summary>Everything the log still holds, then live.</summary>
    public static From Start { get; } = new(writer => writer.WriteStringValue("start"u8));

    /// <summary>The last <paramref name="count"/> messages, then live.</summary>
    public static From Last(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new From(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("last"u8, count);
            writer.WriteEndObject();
        })
        {
            Count = count,
        };
    }

    /// <summary>What was published within the last <paramref name="time"/>, then live. Sent in whole seconds, rounded up.</summary>
    public static From Ago(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new From(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("ago"u8, (long)Math.Ceiling(time.TotalSeconds));
            writer.WriteEndObject();
        });
    }

    /// <summary>What comes after <paramref name="position"/>; where the log no longer reaches back, a gap says what is missing.</summary>
    public static From Position(Position position) => new(writer => writer.WriteStringValue(position.ToString())) { Place = position };

    /// <summary>What comes after <paramref name="position"/>, written <c>epoch:offset</c>.</summary>
    /// <exception cref="FormatException">The text is not a position.</exception>
    public static From Position(string position) => Position(Client.Position.Parse(position));

    internal void WriteTo(Utf8JsonWriter writer) => _write(writer);
}
