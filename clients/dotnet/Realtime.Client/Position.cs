using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Realtime.Client;

/// <summary>
/// A place in a channel's log: <i>the last message seen</i>; the stream goes on with the next one. Written
/// <c>epoch:offset</c>.
/// </summary>
/// <param name="Epoch">
/// Opaque name of one life of the log. Offsets of different epochs cannot be compared: a log that was born anew, or may
/// have lost its end, counts from 1 again, and the same number then names another message.
/// </param>
/// <param name="Offset">Counts 1, 2, 3 … within the epoch; 0 is before the first message.</param>
public readonly record struct Position(string Epoch, long Offset)
{
    /// <summary>Reads <c>epoch:offset</c>; false when the text is not of that form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Position position)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon > 0 && long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            position = new Position(text![..colon], offset);
            return true;
        }

        position = default;
        return false;
    }

    /// <summary>Reads <c>epoch:offset</c>.</summary>
    /// <exception cref="FormatException">The text is not of that form.</exception>
    public static Position Parse(string text) =>
        TryParse(text, out var position) ? position : throw new FormatException($"'{text}' is not a position (epoch:offset).");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
