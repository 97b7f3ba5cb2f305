using System.Globalization;
using System.Text;

namespace Realtime.Node.Telemetry.Prometheus;

/// <summary>
/// Writes families of series in the text format of Prometheus (0.0.4) or in OpenMetrics (1.0.0). They differ in little: OpenMetrics names a counter's family
/// without <c>_total</c>, tells units, and says where it ends.
/// </summary>
internal sealed class PrometheusText(bool isOpenMetrics)
{
    private readonly StringBuilder _text = new();

    /// <summary>Which program and node this is, as the specification wants it: on a series of its own, to be joined where it is needed.</summary>
    public void Target(string service, string node, string? version)
    {
        var name = isOpenMetrics ? "target" : "target_info";
        Head(name, isOpenMetrics ? "info" : "gauge", null, "What is measured.");
        _text.Append("target_info");
        Labels([new("service.name", service), new("service.instance.id", node), new("service.version", version ?? "")]);
        _text.Append(" 1\n");
    }

    public void Write(MetricFamily family)
    {
        if (family.Series.Count == 0)
        {
            return;
        }

        var isCounter = family.Kind is MetricKind.Counter;
        var name = family.Name + (isCounter ? "_total" : "");
        Head(isOpenMetrics ? family.Name : name, TypeOf(family.Kind), family.Unit, family.Help);
        foreach (var series in family.Series)
        {
            if (family.Kind is MetricKind.Histogram)
            {
                Histogram(family, series);
            }
            else
            {
                Sample(name, series.Tags, null, Number(series.Value));
            }
        }
    }

    public string End() => isOpenMetrics ? _text.Append("# EOF\n").ToString() : _text.ToString();

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no name"),
    };

    /// <summary>Shortest that reads back the same; infinities and NaN as the format has them.</summary>
    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>A bound is a label and therefore a text: <c>1</c> and <c>1.0</c> would be two series. OpenMetrics wants the point.</summary>
    private string Bound(double bound) =>
        isOpenMetrics && bound == Math.Floor(bound) && Math.Abs(bound) < 1e15 ? bound.ToString("F1", CultureInfo.InvariantCulture) : Number(bound);

    private void Head(string name, string type, string? unit, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ');
        Escape(help, quotes: isOpenMetrics);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (isOpenMetrics && unit is not null)
        {
            _text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        }
    }

    private void Histogram(MetricFamily family, MetricSeries series)
    {
        var counts = series.Cumulated();
        for (var i = 0; i < counts.Length; i++)
        {
            Sample(family.Name + "_bucket", series.Tags, i < family.Bounds.Count ? Bound(family.Bounds[i]) : "+Inf", Number(counts[i]));
        }

        Sample(family.Name + "_sum", series.Tags, null, Number(series.Value));
        Sample(family.Name + "_count", series.Tags, null, Number(counts[^1]));
    }

    private void Sample(string name, KeyValuePair<string, object?>[] tags, string? bound, string value)
    {
        _text.Append(name);
        Labels(bound is null ? tags : [.. tags, new("le", bound)]);
        _text.Append(' ').Append(value).Append('\n');
    }

    private void Labels(KeyValuePair<string, object?>[] tags)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(PrometheusName.LabelOf(tags[i].Key)).Append("=\"");
            var value = tags[i].Value;
            Escape(value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true);
            _text.Append('"');
        }

        if (tags.Length > 0)
        {
            _text.Append('}');
        }
    }

    private void Escape(string text, bool quotes)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '"' when quotes => _text.Append("\\\""),
                _ => _text.Append(character),
            };
        }
    }
}
