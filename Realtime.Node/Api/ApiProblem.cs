using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Realtime.Messages.Errors;

namespace Realtime.Node.Api;

/// <summary>Refusals as problem details (RFC 9457), with the code of the registry.</summary>
internal static class ApiProblem
{
    public const string ContentType = "application/problem+json; charset=utf-8";

    public static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.BadRequest or ErrorCode.UnknownType => StatusCodes.Status400BadRequest,
        ErrorCode.Unauthorized or ErrorCode.TokenExpired => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden or ErrorCode.NotSubscribed => StatusCodes.Status403Forbidden,
        ErrorCode.NotFound => StatusCodes.Status404NotFound,
        ErrorCode.Conflict or ErrorCode.SeqExpired => StatusCodes.Status409Conflict,
        ErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.TooMany or ErrorCode.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorCode.Unavailable or ErrorCode.StorageFull => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static async Task WriteAsync(HttpContext context, ApiFaultException fault)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        var status = StatusOf(fault.Code);
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (fault.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }

        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body, ApiAnswer.Writing))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            Members(json, fault.Code, fault.Detail, fault.Field, fault.RetryAfter, fault.Outcome);
            json.WriteEndObject();
        }

        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length)).ConfigureAwait(false);
    }

    /// <summary>What a refusal says beside its status; also of one item of several.</summary>
    public static void Members(Utf8JsonWriter json, ErrorCode code, string detail, string? field, int? retryAfter, Outcome outcome)
    {
        json.WriteString("code", ErrorRegistry.NameOf(code));
        json.WriteString("detail", detail);
        if (field is not null)
        {
            json.WriteString("field", field);
        }

        if (retryAfter is { } wait)
        {
            json.WriteNumber("retryAfter", wait);
        }

        if (outcome is Outcome.Unknown)
        {
            json.WriteString("outcome", "unknown");
        }
    }
}
