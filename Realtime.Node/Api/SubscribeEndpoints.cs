using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Api.Door;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api;

/// <summary>The application subscribes sessions and users, and takes that back.</summary>
internal sealed class SubscribeEndpoints(NamespaceTable namespaces, SessionActions sessions, TimeProvider time)
{
    private const int MostBody = 4 * 1024;
    private const int LongestReason = 200;

    public async Task SessionAsync(HttpContext context, ApiCaller caller, string text, bool subscribes)
    {
        var session = ClusterCalls.Session(text);
        var body = await BodyAsync(context, caller).ConfigureAwait(false);
        if (await ChangeAsync(session, body, subscribes, context.RequestAborted).ConfigureAwait(false) is { } fault)
        {
            throw ApiFaultException.Of(fault);
        }

        await WriteAsync(context, 1).ConfigureAwait(false);
    }

    /// <summary>Every session of the user that some node has in memory, wherever.</summary>
    public async Task UserAsync(HttpContext context, ApiCaller caller, string text, bool subscribes)
    {
        var user = ClusterCalls.User(text);
        var body = await BodyAsync(context, caller).ConfigureAwait(false);
        var (done, fault) = await sessions.ForUserAsync(
            caller.By, user, session => ChangeAsync(session, body, subscribes, context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        if (fault is not null)
        {
            throw ApiFaultException.Of(fault);
        }

        await WriteAsync(context, done).ConfigureAwait(false);
    }

    private Task<RequestFault?> ChangeAsync(SessionId session, (ChannelName Channel, StreamPosition? From, string? Reason) body, bool subscribes, CancellationToken cancellation) => subscribes
        ? sessions.SubscribeAsync(session, body.Channel, body.From, body.Reason, cancellation)
        : sessions.UnsubscribeAsync(session, body.Channel, body.Reason, cancellation);

    private async Task<(ChannelName Channel, StreamPosition? From, string? Reason)> BodyAsync(HttpContext context, ApiCaller caller)
    {
        var bytes = await ApiBody.ReadAsync(context, MostBody, time).ConfigureAwait(false);
        SubscribeBody body;
        try
        {
            body = JsonSerializer.Deserialize(bytes.Span, ApiActionBodies.Default.SubscribeBody) ?? throw ApiFaultException.Bad("The body must be an object, not null.");
        }
        catch (JsonException)
        {
            throw ApiFaultException.Bad("The body is not the JSON object that is needed here: channel, and from and reason where they are known.");
        }

        if (!ChannelName.TryParse(body.Channel, out var channel, out var fault))
        {
            throw ApiFaultException.Bad($"This is no name of a channel: {fault}.", "channel");
        }

        if (channel.IsReserved || !caller.Key.Reaches(channel.Value))
        {
            throw new ApiFaultException(ErrorCode.Forbidden, "This key is not for that channel.", "channel");
        }

        if (!namespaces.TryFind(channel, out _))
        {
            throw new ApiFaultException(ErrorCode.NotFound, $"{NamespaceTable.Missing(channel)}.", "channel");
        }

        if (body.Reason is { Length: > LongestReason })
        {
            throw ApiFaultException.Bad($"reason has at most {LongestReason} characters.", "reason");
        }

        return (channel, body.From is not { } from ? null : StreamPosition.TryParse(from, out var position) ? position : throw ApiFaultException.Bad("from must be a position, EPOCH:OFFSET.", "from"), body.Reason);
    }

    private static Task WriteAsync(HttpContext context, int sessions) => ApiAnswer.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("sessions", sessions);
        json.WriteEndObject();
    });
}
