using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Operators;

namespace Realtime.Node.Operations.Listener;

/// <summary>What a question of operators is answered with: a status of HTTP and a body in JSON.</summary>
/// <param name="Detail">Of a refusal in words, for the audit; null for a success.</param>
public sealed record OperatorReply(int Status, ReadOnlyMemory<byte> Body, string? Detail = null)
{
    /// <summary>Stands for what is answered: whoever has an answer with the same one need not get it again. Null: nobody asks often enough.</summary>
    public string? Tag { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    public static OperatorReply Ok<T>(T answer, JsonTypeInfo<T> type) => new(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(answer, type));

    public static OperatorReply Ok(ActionResult result) => Ok(result, OperatorJson.Default.ActionResult);

    public static OperatorReply Done(string text) => Ok(new ActionResult(true, text, []));

    public static OperatorReply Begun(string text) => Ok(new ActionResult(false, text, []));

    public static OperatorReply BadRequest(string message, string? field = null) => Refused(StatusCodes.Status400BadRequest, "bad_request", message, field);

    public static OperatorReply Unauthorized(string message) => Refused(StatusCodes.Status401Unauthorized, "unauthorized", message);

    public static OperatorReply Forbidden(string message) => Refused(StatusCodes.Status403Forbidden, "forbidden", message);

    public static OperatorReply NotFound(string message, string? field = null) => Refused(StatusCodes.Status404NotFound, "not_found", message, field);

    /// <summary>It exists and cannot be done now; nothing was done.</summary>
    public static OperatorReply Conflict(string message) => Refused(StatusCodes.Status409Conflict, "conflict", message);

    public static OperatorReply Internal(string message) => Refused(StatusCodes.Status500InternalServerError, "internal", message);

    /// <summary>Nothing was done.</summary>
    public static OperatorReply Unavailable(string message) => Refused(StatusCodes.Status503ServiceUnavailable, "unavailable", message);

    /// <summary>Nobody can say whether it was done.</summary>
    public static OperatorReply Timeout(string message) => Refused(StatusCodes.Status504GatewayTimeout, "timeout", message);

    public T? Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Body.Span, type);

    private static OperatorReply Refused(int status, string error, string message, string? field = null) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new OperatorError(error, message, field), OperatorJson.Default.OperatorError), message);
}
