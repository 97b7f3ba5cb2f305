using System.Globalization;
using System.Text;

namespace Realtime.Pbm.Output;

/// <summary>Numbers, times and foreign text as people read them.</summary>
internal static class Words
{
    private static readonly (double From, string Unit)[] Large = [(1e9, "G"), (1e6, "M"), (1e4, "k")];
    private static readonly (long From, string Unit)[] Sizes = [(1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB")];

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(int? number) => number is { } known ? Number((long)known) : "-";

    /// <summary>Something per second: three digits are all that can be compared at a glance.</summary>
    public static string Rate(double rate)
    {
        foreach (var (from, unit) in Large)
        {
            if (rate >= from)
            {
                return (rate / (from == 1e4 ? 1e3 : from)).ToString("0.0", CultureInfo.InvariantCulture) + unit;
            }
        }

        return rate.ToString(rate is > 0 and < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
    }

    public static string Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => "-",
        >= 10_000 => (milliseconds.Value / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 10 => milliseconds.Value.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        _ => milliseconds.Value.ToString("0", CultureInfo.InvariantCulture) + " ms",
    };

    public static string Bytes(long bytes)
    {
        foreach (var (from, unit) in Sizes)
        {
            if (bytes >= from)
            {
                return ((double)bytes / from).ToString("0.0", CultureInfo.InvariantCulture) + " " + unit;
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + " B";
    }

    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => $"{(int)duration.TotalMilliseconds} ms",
        { TotalMinutes: < 1 } => $"{(int)duration.TotalSeconds} s",
        { TotalHours: < 1 } => $"{duration.Minutes} min {duration.Seconds} s",
        { TotalDays: < 1 } => $"{duration.Hours} h {duration.Minutes} min",
        _ => $"{(int)duration.TotalDays} d {duration.Hours} h",
    };

    /// <summary>In UTC, as the nodes' logs have it: at night people in several time zones look at the same line.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset? at) => at is { } known ? Time(known) : "-";

    public static string ExactTime(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string OrDash(string? text) => string.IsNullOrEmpty(text) ? "-" : text;

    public static string Count(long count, string one, string? many = null) => $"{Number(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>
    /// Text of users and of logs, without what a terminal takes as an order. A name with an escape sequence in it could otherwise
    /// clear the screen of whoever looks for it, or say what nobody said.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c is '\n' or '\t')
            {
                clean.Append(' ');
            }
            else if (IsUnsafe(c))
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                clean.Append(c);
            }
        }

        return clean.ToString();
    }

    /// <summary>Control characters, and the marks that turn the direction of writing around.</summary>
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
