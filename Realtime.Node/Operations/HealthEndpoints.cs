using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;

namespace Realtime.Node.Operations;

/// <summary>
/// <c>/health/live</c>: the process answers, restart it when it does not. <c>/health/ready</c>: send clients here, or 503 with reasons.
/// <c>/health/serving</c>: the same without the store, for a balancer before several nodes, which an outage of their one store would leave nobody to send clients to.
/// <c>/health/moves</c>: which connections are about to go elsewhere, for those who sit on this machine.
/// Two questions, because a node that waits for its store must not be killed for it.
/// </summary>
public static class HealthEndpoints
{
    public const string Prefix = "/health";

    public static void MapHealth(this IEndpointRouteBuilder endpoints, NodeId node, NodeReadiness readiness)
    {
        endpoints.MapMethods($"{Prefix}/live", [HttpMethods.Get, HttpMethods.Head], context =>
            AnswerAsync(context, StatusCodes.Status200OK, new HealthReport("live", node.Name, [])));

        endpoints.MapMethods($"{Prefix}/ready", [HttpMethods.Get, HttpMethods.Head], context =>
        {
            var obstacles = readiness.Obstacles();
            return obstacles.Count == 0
                ? AnswerAsync(context, StatusCodes.Status200OK, new HealthReport("ready", node.Name, []))
                : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, new HealthReport("unready", node.Name, obstacles));
        });

        endpoints.MapMethods($"{Prefix}/serving", [HttpMethods.Get, HttpMethods.Head], context => readiness.IsServing
            ? AnswerAsync(context, StatusCodes.Status200OK, new HealthReport("serving", node.Name, []))
            : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, new HealthReport("unready", node.Name, readiness.Obstacles())));
    }

    private static Task AnswerAsync(HttpContext context, int status, HealthReport report)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(report, HealthJson.Default.HealthReport, cancellationToken: context.RequestAborted);
    }
}
