using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Messages.Operators;
using Realtime.Node.Api.Door;
using Realtime.Node.Auth;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api;

/// <summary>What the application may do to sessions and users.</summary>
/// <param name="revocations">Asked with each request: the node starts after its endpoints are mapped.</param>
internal sealed class ActionEndpoints(SessionActions sessions, Func<IRevocations> revocations, TimeProvider time)
{
    private const int MostBody = 4 * 1024;
    private const int LongestReason = 200;

    public async Task DisconnectSessionAsync(HttpContext context, ApiCaller caller, string text)
    {
        var session = ClusterCalls.Session(text);
        var body = await BodyAsync(context, ApiActionBodies.Default.Disconnect, new OperatorActions.Disconnect()).ConfigureAwait(false);
        Check(body.Reason);
        if (await sessions.DisconnectAsync(caller.By, session, body, context.RequestAborted).ConfigureAwait(false) is { } fault)
        {
            throw ApiFaultException.Of(fault);
        }

        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("disconnected", 1);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>Every session of the user that some node has in memory, wherever.</summary>
    public async Task DisconnectUserAsync(HttpContext context, ApiCaller caller, string text)
    {
        var user = ClusterCalls.User(text);
        var body = await BodyAsync(context, ApiActionBodies.Default.Disconnect, new OperatorActions.Disconnect()).ConfigureAwait(false);
        Check(body.Reason);
        var (done, fault) = await sessions.ForUserAsync(
            caller.By, user, session => sessions.DisconnectAsync(caller.By, session, body, context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        if (fault is not null)
        {
            throw ApiFaultException.Of(fault);
        }

        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("disconnected", done);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task RevokeUserAsync(HttpContext context, string text)
    {
        var (user, body) = (ClusterCalls.User(text), await BodyAsync(context, ApiActionBodies.Default.Revocation, new Revocation()).ConfigureAwait(false));
        Check(body.Reason);
        await WriteAsync(context, await revocations().RevokeAsync(user, body.Reason, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task RevokeSessionAsync(HttpContext context, string text)
    {
        var (session, body) = (ClusterCalls.Session(text), await BodyAsync(context, ApiActionBodies.Default.Revocation, new Revocation()).ConfigureAwait(false));
        Check(body.Reason);
        await WriteAsync(context, await revocations().RevokeAsync(session, body.Reason, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext context, RevocationReply reply)
    {
        if (reply.At is not { } at)
        {
            throw new ApiFaultException(reply.Refusal is 0 ? ErrorCode.Unavailable : reply.Refusal, reply.Reason ?? "The revocation could not be kept.") { RetryAfter = reply.RetryAfter };
        }

        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("at", at);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void Check(string? reason)
    {
        if (reason is { Length: > LongestReason })
        {
            throw ApiFaultException.Bad($"reason has at most {LongestReason} characters.", "reason");
        }
    }

    private async Task<T> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type, T absent)
        where T : class
    {
        var body = await ApiBody.ReadAsync(context, MostBody, time, mayBeEmpty: true).ConfigureAwait(false);
        try
        {
            return body.IsEmpty ? absent : JsonSerializer.Deserialize(body.Span, type) ?? throw ApiFaultException.Bad("The body must be an object, not null.");
        }
        catch (JsonException fault)
        {
            var field = fault.Path?.TrimStart('$').TrimStart('.') is { Length: > 0 and <= 64 } path ? path : null;
            throw ApiFaultException.Bad("The body is not the JSON object that is needed here: reconnect (true or false) and reason (a text), where they are known.", field);
        }
    }

    /// <param name="Reason">For those who look into it later.</param>
    internal sealed record Revocation(string? Reason = null);
}
