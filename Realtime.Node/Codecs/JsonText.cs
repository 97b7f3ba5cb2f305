using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Realtime.Node.Codecs;

/// <summary>
/// What <see cref="Utf8JsonReader"/> leaves unchecked in text that is valid JSON otherwise: escaped halves of surrogate pairs. Decoding
/// one throws; passed on inside a payload, it would make the whole frame unreadable to every subscriber with a strict parser.
/// </summary>
internal static class JsonText
{
    private const byte Backslash = (byte)'\\';

    /// <param name="json">Valid JSON: one value, or the inside of a string.</param>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        int next;
        while ((next = json.IndexOf(Backslash)) >= 0)
        {
            json = json[next..];
            var unit = EscapedUnit(json);
            if (unit < 0)
            {
                json = json[2..];
            }
            else if (char.IsHighSurrogate((char)unit))
            {
                json = json[6..];
                if (!char.IsLowSurrogate((char)Math.Max(EscapedUnit(json), 0)))
                {
                    return true;
                }

                json = json[6..];
            }
            else if (char.IsLowSurrogate((char)unit))
            {
                return true;
            }
            else
            {
                json = json[6..];
            }
        }

        return false;
    }

    /// <summary>Decodes a JSON string.</summary>
    /// <param name="json">With its quotes; valid JSON.</param>
    /// <returns>Null when it is not valid Unicode.</returns>
    public static string? Decode(ReadOnlySpan<byte> json)
    {
        var inside = json[1..^1];
        if (!inside.Contains(Backslash))
        {
            return Encoding.UTF8.GetString(inside);
        }

        if (HasLoneSurrogate(inside))
        {
            return null;
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>Decodes a name or a string that matters only when it is short.</summary>
    /// <returns>How many bytes it has; -1 when it is longer than <paramref name="destination"/> or not valid Unicode.</returns>
    public static int DecodeShort(scoped ref Utf8JsonReader reader, scoped Span<byte> destination)
    {
        // CopyString wants room for what is escaped, although the outcome is shorter.
        if (reader.ValueSpan.Length > destination.Length || HasLoneSurrogate(reader.ValueSpan))
        {
            return -1;
        }

        return reader.CopyString(destination);
    }

    private static int EscapedUnit(ReadOnlySpan<byte> json) =>
        json.Length >= 6 && json[0] == Backslash && json[1] == (byte)'u'
        && int.TryParse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? unit
            : -1;
}
