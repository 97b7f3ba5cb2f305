using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Realtime.Node.Operations.Listener;

/// <summary>How answers to operators go out by HTTP.</summary>
public static class OperatorAnswer
{
    /// <summary>What every path of the API begins with.</summary>
    public const string Prefix = "/operator/v1/";

    /// <summary>What the caller's key may do, so that a page can shut what would be refused.</summary>
    public const string RightHeader = "Operator-Right";

    /// <summary>For what others have made and belongs behind the same door.</summary>
    /// <param name="needs">As of <see cref="OperatorDoor.Look"/>.</param>
    public static async Task BehindAsync(OperatorDoor door, OperatorRight? needs, HttpContext context, RequestDelegate next)
    {
        var verdict = door.Look(context, needs);
        await (verdict.Refusal is { } refusal ? WriteAsync(context, verdict, refusal) : next(context)).ConfigureAwait(false);
    }

    public static async Task WriteAsync(HttpContext context, DoorVerdict verdict, OperatorReply reply)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (reply.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
        else
        {
            response.Headers[RightHeader] = verdict.Caller.Right is OperatorRight.Act ? "act" : "view";
        }

        if (verdict.RetryAfter > 0)
        {
            response.Headers.RetryAfter = verdict.RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        if (reply.Tag is { } tag)
        {
            response.Headers.ETag = tag;
            if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.StatusCode = reply.Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = reply.Body.Length;
        await response.Body.WriteAsync(reply.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
