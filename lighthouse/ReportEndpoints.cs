using System.Net;
using Realtime.Cluster.Journal;

namespace Realtime.Lighthouse;

/// <summary>
/// <c>/v1/cluster</c>: the cluster as it was seen last. <c>/health/live</c>: the process answers. <c>/health/ready</c>: it has seen a cluster,
/// once; not that the store answers now, or its outage would take away the one service that bridges it.
/// </summary>
internal static class ReportEndpoints
{
    public const string ClusterPath = "/v1/cluster";

    public static void MapReports(
        this IEndpointRouteBuilder endpoints, ViewFollower follower, IViewReader store, Audience audience, TimeProvider time)
    {
        endpoints.MapMethods(ClusterPath, [HttpMethods.Get, HttpMethods.Head], context =>
        {
            if (audience is Audience.Loopback && !IsLocal(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            context.Response.Headers.CacheControl = "no-store";
            var report = ClusterReport.Of(follower.Seen, follower.Trouble, store.Description, time);
            return context.Response.WriteAsJsonAsync(report, ReportJson.Default.ClusterReport, cancellationToken: context.RequestAborted);
        });
        endpoints.MapHealth(follower);
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints, ViewFollower follower)
    {
        endpoints.MapMethods("/health/live", [HttpMethods.Get, HttpMethods.Head], context =>
            AnswerAsync(context, StatusCodes.Status200OK, new HealthReport("live", [])));
        endpoints.MapMethods("/health/ready", [HttpMethods.Get, HttpMethods.Head], context => follower.Seen is not null
            ? AnswerAsync(context, StatusCodes.Status200OK, new HealthReport("ready", []))
            : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, new HealthReport("unready", ["The cluster has not been seen yet."])));
    }

    /// <summary>What a proxy on this machine passes on comes from anywhere.</summary>
    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from) &&
        !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private static Task AnswerAsync(HttpContext context, int status, HealthReport report)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(report, ReportJson.Default.HealthReport, cancellationToken: context.RequestAborted);
    }
}
