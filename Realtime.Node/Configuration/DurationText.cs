using System.Globalization;

namespace Realtime.Node.Configuration;

/// <summary>
/// A length of time as operators write it: <c>250ms</c>, <c>10s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>, or .NET's <c>00:00:10</c>. A bare
/// number is refused: .NET itself reads <c>10</c> as ten days.
/// </summary>
public static class DurationText
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        var trimmed = text.AsSpan().Trim();
        foreach (var (suffix, unit) in Units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                var digits = trimmed[..^suffix.Length].TrimEnd();
                duration = default;
                if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > TimeSpan.MaxValue.Ticks / unit.Ticks)
                {
                    return false;
                }

                duration = unit * number;
                return true;
            }
        }

        if (trimmed.Contains(':') && TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out duration))
        {
            return duration >= TimeSpan.Zero;
        }

        duration = default;
        return false;
    }

    /// <summary>The shortest form that reads back as the same duration.</summary>
    public static string Format(TimeSpan duration)
    {
        for (var i = Units.Length - 1; i >= 0; i--)
        {
            var (suffix, unit) = Units[i];
            if (duration >= unit && duration.Ticks % unit.Ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / unit.Ticks}{suffix}");
            }
        }

        return duration == TimeSpan.Zero ? "0s" : duration.ToString("c", CultureInfo.InvariantCulture);
    }
}
