using Realtime.Node.Configuration;
using Realtime.Node.Telemetry.Otlp;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>Where metrics and traces are sent, <c>Realtime:Telemetry</c>. The standard <c>OTEL_</c> environment variables count where nothing is written here.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// Base address of an OpenTelemetry collector, such as <c>http://collector:4318</c>. Default none: nothing is sent, unless <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary><c>HttpProtobuf</c> or <c>Grpc</c>. Default what <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> says, else <c>HttpProtobuf</c>.</summary>
    public OtlpProtocol? OtlpProtocol { get; set; }

    /// <summary>Headers for the collector, as <c>key=value</c> with commas between. Default what <c>OTEL_EXPORTER_OTLP_HEADERS</c> says. Never printed.</summary>
    [Secret]
    public string? OtlpHeaders { get; set; }

    /// <summary>Share of publishes that are traced while traces are sent, 0 to 1. Default 0.01. <c>OTEL_TRACES_SAMPLER</c>, if it is set, decides instead.</summary>
    public double TraceRatio { get; set; } = 0.01;
}
