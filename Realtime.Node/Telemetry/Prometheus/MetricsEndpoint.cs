using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Realtime.Node.Telemetry.Prometheus;

/// <summary><c>GET /metrics</c>: OpenMetrics for who asks for it, as Prometheus does, and the older text format for everybody else.</summary>
public static class MetricsEndpoint
{
    public const string Path = "/metrics";

    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Whoever maps this decides who may ask.</summary>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder endpoints, PrometheusExporter exporter) =>
        endpoints.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], context =>
        {
            var wantsOpenMetrics = WantsOpenMetrics(context.Request);
            context.Response.ContentType = wantsOpenMetrics ? OpenMetrics : Text;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = HeaderNames.Accept;
            return context.Response.WriteAsync(exporter.Scrape(wantsOpenMetrics), context.RequestAborted);
        });

    /// <summary>Only where it is named, and no less wanted than plain text: <c>*/*</c> is what people's own tools send.</summary>
    private static bool WantsOpenMetrics(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return false;
        }

        var open = accepted.Where(type => type.MediaType == "application/openmetrics-text" && IsVersion(type)).Max(Quality);
        var plain = accepted.Where(type => type.MediaType == "text/plain").Max(Quality);
        return open > 0 && open >= (plain ?? 0);
    }

    private static double? Quality(MediaTypeHeaderValue type) => type.Quality ?? 1;

    private static bool IsVersion(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name == "version")?.Value is not { HasValue: true } version || version.Value is "1.0.0" or "0.0.1";
}
