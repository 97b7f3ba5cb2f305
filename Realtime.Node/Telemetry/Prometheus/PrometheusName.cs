using System.Diagnostics.Metrics;
using System.Text;

namespace Realtime.Node.Telemetry.Prometheus;

/// <summary>
/// What an instrument is called in Prometheus: OpenTelemetry's rules (specification, "Prometheus and OpenMetrics compatibility"), so that a series has the same name
/// whether it is scraped here or comes through a collector.
/// </summary>
internal static class PrometheusName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["min"] = "minutes", ["h"] = "hours", ["d"] = "days",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["%"] = "percent", ["Hz"] = "hertz", ["Cel"] = "celsius",
    };

    /// <summary>The suffix for an instrument's unit; null: none. What stands in braces is a note to people.</summary>
    public static string? UnitOf(Instrument instrument, MetricKind kind) => instrument.Unit switch
    {
        null or "" => null,
        "1" => kind is MetricKind.Gauge ? "ratio" : null,
        ['{', ..] => null,
        var unit => Units.TryGetValue(unit, out var word) ? word : Clean(unit, colons: false),
    };

    /// <summary>The name of the family: without <c>_total</c>, <c>_bucket</c> and so on.</summary>
    public static string FamilyOf(Instrument instrument, MetricKind kind)
    {
        var name = Clean(instrument.Name, colons: true);
        if (kind is MetricKind.Counter && name.EndsWith("_total", StringComparison.Ordinal))
        {
            name = name[..^"_total".Length];
        }

        return UnitOf(instrument, kind) is { } unit && !name.EndsWith("_" + unit, StringComparison.Ordinal) ? $"{name}_{unit}" : name;
    }

    public static string LabelOf(string key) => Clean(key, colons: false);

    /// <summary>Whatever is not allowed becomes one underscore.</summary>
    private static string Clean(string text, bool colons)
    {
        var clean = new StringBuilder(text.Length + 1);
        foreach (var character in text)
        {
            var good = char.IsAsciiLetterOrDigit(character) || (colons && character == ':');
            if (good && clean.Length == 0 && char.IsAsciiDigit(character))
            {
                clean.Append('_');
            }

            if (good)
            {
                clean.Append(character);
            }
            else if (clean.Length == 0 || clean[^1] != '_')
            {
                clean.Append('_');
            }
        }

        return clean.ToString();
    }
}
