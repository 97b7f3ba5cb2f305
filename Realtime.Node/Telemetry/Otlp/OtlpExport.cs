using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Telemetry.Otlp;

/// <summary>
/// Sends metrics and traces to a collector while the node runs. Only where one is configured: without it nobody listens to the spans, and they cost nothing.
/// </summary>
public sealed partial class OtlpExport(OtlpSettings settings, ILogger<OtlpExport> logger) : IHostedService, IDisposable
{
    /// <summary>If it is set, it decides what is traced, and the node's own ratio does not.</summary>
    public const string SamplerVariable = "OTEL_TRACES_SAMPLER";

    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>How long the last export may take when the node stops.</summary>
    private const int FlushMilliseconds = 3000;

    private static readonly string[] Meters = [NodeInstruments.Name, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting"];

    private MeterProvider? _metrics;
    private TracerProvider? _traces;
    private ExportTrouble? _trouble;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the exporters: what they cannot send they say nowhere else.
        _trouble = new ExportTrouble(message => ExportFails(message));
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(settings.Service, serviceVersion: settings.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: settings.Instance)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Meters)
            .AddOtlpExporter(exporter => Apply(exporter, "v1/metrics"))
            .Build();
        var traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(NodeInstruments.Name)
            .AddOtlpExporter(exporter => Apply(exporter, "v1/traces"));
        if (Environment.GetEnvironmentVariable(SamplerVariable) is not { Length: > 0 })
        {
            // What is to be traced was chosen before the span was begun; to choose again would leave the square of the ratio.
            traces.SetSampler(new ParentBasedSampler(new AlwaysOnSampler()));
        }

        _traces = traces.Build();
        Exporting(settings.Endpoint?.GetLeftPart(UriPartial.Authority) ?? $"what {EndpointVariable} says");
        return Task.CompletedTask;
    }

    /// <summary>Sends what has gathered. Elsewhere, because it blocks.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Flush, cancellationToken);

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        _trouble?.Dispose();
    }

    private void Flush()
    {
        _traces?.ForceFlush(FlushMilliseconds);
        _metrics?.ForceFlush(FlushMilliseconds);
    }

    private void Apply(OtlpExporterOptions exporter, string path)
    {
        if (settings.Protocol is { } protocol)
        {
            exporter.Protocol = protocol is OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }

        if (settings.Endpoint is { } endpoint)
        {
            // An endpoint that is set here is taken as it is, unlike one of the environment.
            exporter.Endpoint = exporter.Protocol is OtlpExportProtocol.Grpc ? endpoint : new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
        }

        if (settings.Headers is { } headers)
        {
            exporter.Headers = headers;
        }
    }

    [LoggerMessage(LogEvents.ExportBegun, LogLevel.Information, "Metrics and traces are sent to {Collector}")]
    private partial void Exporting(string collector);

    [LoggerMessage(LogEvents.ExportFails, LogLevel.Warning, "Metrics or traces could not be sent; the next ones are tried all the same: {Reason}")]
    private partial void ExportFails(string reason);
}
