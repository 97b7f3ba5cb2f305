using System.Globalization;

namespace Realtime.Pbm;

/// <summary>Durations as the nodes' options have them (<c>250ms</c>, <c>10s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>); a bare number is seconds.</summary>
internal static class Durations
{
    /// <summary>Longer ones are a slip of the finger, and timers cannot take them.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (TimeSpan.TryParseExact(text, @"hh\:mm\:ss", CultureInfo.InvariantCulture, out duration))
        {
            return duration > TimeSpan.Zero;
        }

        var digits = text.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"]);
        var unit = text[digits.Length..];
        var factor = unit.Length == 0 ? 1000 : Units.FirstOrDefault(known => known.Unit == unit).Milliseconds;
        if (factor == 0
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * factor is not > 0
            || number * factor > Longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(number * factor);
        return true;
    }
}
