using System.Globalization;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Telemetry;

/// <summary>What a scrape says, read as Prometheus reads it: one sample a line.</summary>
internal sealed partial class ScrapedText
{
    public ScrapedText(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var match = Sample().Match(line);
            match.Success.ShouldBeTrue($"no sample: {line}");
            var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);
            Samples.Add((match.Groups["name"].Value, labels, Number(match.Groups["value"].Value)));
        }
    }

    public string Text { get; }

    public List<(string Name, Dictionary<string, string> Labels, double Value)> Samples { get; } = [];

    /// <summary>The sum over all series of a name that have these labels, given as <c>key=value</c>.</summary>
    public double Sum(string name, params string[] labels) => Samples
        .Where(sample => sample.Name == name && labels.All(label => label.Split('=') is var parts && sample.Labels.GetValueOrDefault(parts[0]) == parts[1]))
        .Sum(sample => sample.Value);

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*)\})? (?<value>\S+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)""")]
    private static partial Regex Label();
}
