using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Errors;
using Realtime.Node.Api.Door;
using Realtime.Node.Api.Publishing;
using Realtime.Node.Configuration;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Api;

/// <summary>The API over HTTP: lets callers in, lets a route answer, and makes an answer of whatever goes wrong.</summary>
internal sealed partial class ApiEndpoints(IReadOnlyList<ApiRoute> routes, ApiDoor door, ApiDescription description, Func<bool> isServing, ILogger<ApiEndpoints> logger)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var route in routes)
        {
            // What a body must be is not told here: a request with another one would fall to the last route.
            endpoints.MapMethods(ApiRoutes.Prefix + route.Pattern, [route.Method], context => HandleAsync(context, route))
                .WithMetadata(route, Described, new ProducesResponseTypeMetadata(StatusCodes.Status200OK, route.Result, ["application/json"]))
                .WithMetadata(new ProducesResponseTypeMetadata(0, typeof(ApiShapes.Problem), ["application/problem+json"]))
                .WithSummary(route.Summary);
        }

        endpoints.MapGet(ApiRoutes.Prefix + "openapi.json", description.WriteAsync);
        endpoints.Map(ApiRoutes.Prefix + "{**path}", context => HandleAsync(context, null));
    }

    /// <summary>Stands for all routes: what describes endpoints looks for a method, and none has parameters of its own.</summary>
    private static MethodInfo Described { get; } = typeof(ApiEndpoints).GetMethod(nameof(HandleAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private async Task HandleAsync(HttpContext context, ApiRoute? route)
    {
        try
        {
            using var caller = door.Enter(context, route?.Scope ?? ApiScopes.None);
            if (route is null || !RawPath.TrySplit(context, ApiRoutes.Prefix, out var path) || path.Count != route.Pattern.Split('/').Length)
            {
                throw new ApiFaultException(ErrorCode.NotFound, "There is nothing of this path and method here.");
            }

            if (!isServing())
            {
                throw new ApiFaultException(ErrorCode.Unavailable, "This node does not serve now.") { RetryAfter = 1000 };
            }

            await route.Answer(context, caller, path).ConfigureAwait(false);
        }
        catch (ApiFaultException fault)
        {
            await ApiProblem.WriteAsync(context, fault).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await ApiProblem.WriteAsync(context, new ApiFaultException(ErrorCode.TooLarge, "The body is larger than it may be here.")).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is BadHttpRequestException or IOException)
        {
            await ApiProblem.WriteAsync(context, ApiFaultException.Bad("The body did not come whole.")).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // The answer names no cause: what went wrong inside is for the log.
            RequestFailed(fault, context.Request.Method, route?.Pattern ?? "");
            await ApiProblem.WriteAsync(context, new ApiFaultException(ErrorCode.Internal, "The node failed to answer; its log says why.") { Outcome = Outcome.Unknown }).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogEvents.ApiRequestFailed, LogLevel.Error, "{Method} {Route} of the API failed")]
    private partial void RequestFailed(Exception fault, string method, string route);
}
