using System.Diagnostics.Metrics;
using Realtime.Node.Telemetry.Prometheus;

namespace Realtime.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("golden");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void The_text_format_is_what_Prometheus_reads() => Write(isOpenMetrics: false).ShouldBe("""
        # HELP target_info What is measured.
        # TYPE target_info gauge
        target_info{service_name="Realtime",service_instance_id="node \"1\"",service_version="1.2"} 1
        # HELP a_b_bytes_total Bytes, by \\ and\nnew line "so".
        # TYPE a_b_bytes_total counter
        a_b_bytes_total{error_type="x\\y\"z\nw",flag="true"} 3
        a_b_bytes_total 0.5
        # HELP depth How deep.
        # TYPE depth gauge
        depth{kind="a"} -2
        # HELP took_seconds How long.
        # TYPE took_seconds histogram
        took_seconds_bucket{outcome="ok",le="0.5"} 1
        took_seconds_bucket{outcome="ok",le="1"} 3
        took_seconds_bucket{outcome="ok",le="+Inf"} 4
        took_seconds_sum{outcome="ok"} 9.25
        took_seconds_count{outcome="ok"} 4

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void OpenMetrics_names_the_family_of_a_counter_without_its_suffix_tells_units_and_ends() => Write(isOpenMetrics: true).ShouldBe("""
        # HELP target What is measured.
        # TYPE target info
        target_info{service_name="Realtime",service_instance_id="node \"1\"",service_version="1.2"} 1
        # HELP a_b_bytes Bytes, by \\ and\nnew line \"so\".
        # TYPE a_b_bytes counter
        # UNIT a_b_bytes bytes
        a_b_bytes_total{error_type="x\\y\"z\nw",flag="true"} 3
        a_b_bytes_total 0.5
        # HELP depth How deep.
        # TYPE depth gauge
        depth{kind="a"} -2
        # HELP took_seconds How long.
        # TYPE took_seconds histogram
        # UNIT took_seconds seconds
        took_seconds_bucket{outcome="ok",le="0.5"} 1
        took_seconds_bucket{outcome="ok",le="1.0"} 3
        took_seconds_bucket{outcome="ok",le="+Inf"} 4
        took_seconds_sum{outcome="ok"} 9.25
        took_seconds_count{outcome="ok"} 4
        # EOF

        """.ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("http.server.request.duration", "s", "http_server_request_duration_seconds")]
    [InlineData("realtime.queue.bytes", "By", "realtime_queue_bytes")]
    [InlineData("1st.thing", "{thing}", "_1st_thing")]
    [InlineData("a--b", "", "a_b")]
    [InlineData("share", "1", "share_ratio")]
    public void Names_and_units_follow_the_rules_of_OpenTelemetry(string name, string unit, string family) =>
        PrometheusName.FamilyOf(_meter.CreateGauge<double>(name, unit), MetricKind.Gauge).ShouldBe(family);

    [Fact]
    public void A_counter_that_is_named_total_is_not_named_so_twice() =>
        PrometheusName.FamilyOf(_meter.CreateCounter<long>("jobs.total"), MetricKind.Counter).ShouldBe("jobs");

    [Fact]
    public void Beyond_the_bound_new_series_share_one()
    {
        var counter = _meter.CreateCounter<long>("wild");
        var family = MetricFamily.Of(counter)!;
        for (var i = 0; i < MetricFamily.MostSeries + 50; i++)
        {
            family.Measured(counter, 1, [new("user", i)]);
        }

        family.Series.Count.ShouldBe(MetricFamily.MostSeries + 1);
        family.Series[^1].Tags.ShouldBe([new("otel_metric_overflow", "true")]);
        family.Series[^1].Value.ShouldBe(50);
    }

    [Fact]
    public void An_observed_series_that_is_not_observed_any_more_is_gone()
    {
        var gauge = _meter.CreateObservableGauge("peers", () => 0);
        var family = MetricFamily.Of(gauge)!;
        family.BeginScrape();
        family.Measured(gauge, 1, [new("peer", "a")]);
        family.Measured(gauge, 1, [new("peer", "b")]);
        family.EndScrape();
        family.BeginScrape();
        family.Measured(gauge, 2, [new("peer", "b")]);
        family.EndScrape();

        family.Series.ShouldHaveSingleItem().Value.ShouldBe(2);
    }

    private string Write(bool isOpenMetrics)
    {
        var bytes = _meter.CreateCounter<double>("a.b", "By", "Bytes, by \\ and\nnew line \"so\".");
        var depth = _meter.CreateUpDownCounter<int>("depth", "{level}", "How deep.");
        var took = _meter.CreateHistogram<double>("took", "s", "How long.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        var never = _meter.CreateCounter<int>("never");
        var text = new PrometheusText(isOpenMetrics);
        text.Target("Realtime", "node \"1\"", "1.2");
        text.Write(Measure(bytes, (1, [new("error.type", "x\\y\"z\nw"), new("flag", true)]), (2, [new("error.type", "x\\y\"z\nw"), new("flag", true)]), (0.5, [])));
        text.Write(Measure(depth, (1, [new("kind", "a")]), (-3, [new("kind", "a")])));
        KeyValuePair<string, object?>[] ok = [new("outcome", "ok")];
        text.Write(Measure(took, (0.5, ok), (0.75, ok), (1, ok), (7, ok)));
        text.Write(Measure(never));
        return text.End();
    }

    private static MetricFamily Measure(Instrument instrument, params (double Value, KeyValuePair<string, object?>[] Tags)[] values)
    {
        var family = MetricFamily.Of(instrument)!;
        foreach (var (value, tags) in values)
        {
            family.Measured(instrument, value, tags);
        }

        return family;
    }
}
