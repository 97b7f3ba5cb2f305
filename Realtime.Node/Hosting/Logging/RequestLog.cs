using Microsoft.AspNetCore.Http;
using Realtime.Node.Telemetry;
using Realtime.Node.Transports;

namespace Realtime.Node.Hosting.Logging;

/// <summary>One line per HTTP request: method, path, status, time. Never the query string: tickets travel in it.</summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> logger)
{
    /// <summary>A WebSocket passes straight through: to wait for its end here would keep this method suspended for each of them.</summary>
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path == WebSocketEndpoint.Path ? next(context) : LogAsync(context);

    private async Task LogAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
        {
            RequestFailed(logger, fault, context.Request.Method, context.Request.Path, Elapsed(started));
            if (context.Response.HasStarted)
            {
                throw;
            }

            // The answer names no cause: what went wrong inside is for the log.
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        RequestCompleted(logger, context.Request.Method, context.Request.Path, context.Response.StatusCode, Elapsed(started));
    }

    private long Elapsed(long started) => (long)time.GetElapsedTime(started).TotalMilliseconds;

    [LoggerMessage(LogEvents.RequestCompleted, LogLevel.Debug, "{Method} {Path} answered {Status} in {Elapsed} ms")]
    private static partial void RequestCompleted(ILogger logger, string method, string path, int status, long elapsed);

    [LoggerMessage(LogEvents.RequestFailed, LogLevel.Error, "{Method} {Path} failed after {Elapsed} ms")]
    private static partial void RequestFailed(ILogger logger, Exception fault, string method, string path, long elapsed);
}
