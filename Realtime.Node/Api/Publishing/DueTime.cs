using System.Text.Json;

namespace Realtime.Node.Api.Publishing;

/// <summary>When something is due: milliseconds since 1970, or a time of ISO 8601 that says its zone.</summary>
internal static class DueTime
{
    public const string Expectation = "must be milliseconds since 1970, or a time such as 2027-01-31T18:00:00Z with its zone";

    /// <summary>The year 9999: nothing is due beyond it.</summary>
    private const long Last = 253_402_300_799_999;

    /// <param name="reader">Stands before the value.</param>
    public static bool TryRead(ref Utf8JsonReader reader, out long due)
    {
        due = 0;
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number)
        {
            return reader.TryGetInt64(out due) && due is >= 0 and <= Last;
        }

        if (reader.TokenType is not JsonTokenType.String || !reader.TryGetDateTimeOffset(out var time) || !HasZone(reader.GetString()!))
        {
            return false;
        }

        due = time.ToUnixTimeMilliseconds();
        return due >= 0;
    }

    /// <summary>Without one it would be the node's own, which nobody can know.</summary>
    private static bool HasZone(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);
}
