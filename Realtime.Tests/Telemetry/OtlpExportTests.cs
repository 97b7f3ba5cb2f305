using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Telemetry;

/// <summary>What a collector gets from a node.</summary>
public sealed class OtlpExportTests
{
    [Fact]
    public async Task A_collector_gets_the_metrics_and_the_spans_of_a_node()
    {
        await using var collector = await CollectorStub.StartAsync();
        var node = await MeteredNode.StartAsync("exporting", configure: options =>
        {
            options.Telemetry.OtlpEndpoint = collector.Url.AbsoluteUri;
            options.Telemetry.OtlpHeaders = "api-key=s3cret";
        });
        await using (node)
        {
            await using var client = await RawClient.HelloAsync(node.Url);
            await client.AskAsync("""{"type":"subscribe","id":2,"channel":"chat:a"}""");
            await client.AskAsync("""{"type":"publish","id":3,"channel":"chat:a","data":1}""");
            await client.MessagesAsync("chat:a", 1);
        }

        // Stopping sends what has gathered.
        var metrics = collector.Texts["/v1/metrics"];
        metrics.ShouldContain("Realtime");
        metrics.ShouldContain("realtime.connections");
        metrics.ShouldContain("realtime.publish.duration");
        metrics.ShouldContain("realtime.messages.delivered");
        metrics.ShouldContain("dotnet.process.memory.working_set");
        metrics.ShouldContain("exporting", "the instance");
        var spans = collector.Texts["/v1/traces"];
        foreach (var name in (string[])["publish", "append", "commit", "fan-out"])
        {
            spans.ShouldContain(name);
        }

        spans.ShouldContain("realtime.namespace");
        spans.ShouldNotContain("chat:a");
        collector.Keys.ShouldAllBe(key => key == "s3cret");
    }

    [Fact]
    public void Without_an_endpoint_nothing_is_exported() => Read([]).Otlp.ShouldBeNull();

    [Fact]
    public void The_standard_environment_counts_where_no_option_is_written()
    {
        var read = Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc", ["OTEL_TRACES_SAMPLER"] = "always_on" });

        read.Otlp.ShouldNotBeNull();
        (read.Otlp!.Endpoint, read.Otlp.Protocol).ShouldBe((null, null));
        read.Settings.TraceRatio.ShouldBe(1);
    }

    [Fact]
    public void Options_win_over_the_environment()
    {
        var read = Read(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317",
            ["Realtime:Telemetry:OtlpEndpoint"] = "http://other:4318",
            ["Realtime:Telemetry:OtlpProtocol"] = "HttpProtobuf",
            ["Realtime:Telemetry:OtlpHeaders"] = "key=secret",
            ["Realtime:Telemetry:TraceRatio"] = "0.5",
        });

        read.Otlp!.Endpoint.ShouldBe(new Uri("http://other:4318"));
        read.Settings.TraceRatio.ShouldBe(0.5);
        $"{read.Otlp}".ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("Realtime:Telemetry:OtlpEndpoint", "collector", "must be an address")]
    [InlineData("Realtime:Telemetry:TraceRatio", "1.5", "must be between 0 and 1, is 1.5")]
    [InlineData("Realtime:Telemetry:TraceRatio", "much", "must be a number")]
    [InlineData("Realtime:Telemetry:TraceRatio", "NaN", "must be a number")]
    public void What_makes_no_sense_is_a_fault(string path, string value, string fault) =>
        Should.Throw<RealtimeConfigurationException>(() => Read(new() { [path] = value })).Faults.ShouldHaveSingleItem().ShouldContain(fault);

    private static NodeConfiguration Read(Dictionary<string, string?> values) =>
        NodeConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
}
