namespace Realtime.Node.Telemetry.Otlp;

/// <summary>Where metrics and traces are sent. What is null here is taken from the standard environment variables (<c>OTEL_EXPORTER_OTLP_…</c>), and then from the standard's defaults.</summary>
/// <param name="Service">What the resource is called unless <c>OTEL_SERVICE_NAME</c> says otherwise.</param>
/// <param name="Instance">The node's name.</param>
public sealed record OtlpSettings(string Service, string Instance, string? Version)
{
    /// <summary>The collector's base address: paths are added for HTTP.</summary>
    public Uri? Endpoint { get; init; }

    public OtlpProtocol? Protocol { get; init; }

    /// <summary><c>key=value</c> pairs with commas. May hold a secret.</summary>
    public string? Headers { get; init; }

    /// <summary>A record prints its members, and this one ends up in logs and exceptions.</summary>
    public override string ToString() => $"OtlpSettings {{ {Endpoint?.Host ?? "by the environment"} }}";
}
