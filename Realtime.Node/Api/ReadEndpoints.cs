using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Api.Door;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Api;

/// <summary>What the application may see: channels, their messages, who is present, and sessions.</summary>
internal sealed class ReadEndpoints(NamespaceTable namespaces, ChannelAsks channels, ClusterCalls cluster, TimeProvider time)
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task ChannelsAsync(HttpContext context, ApiCaller caller)
    {
        var query = ClusterCalls.Query(context, "prefix", "limit", "after");
        var body = await cluster.AskAsync(context, caller, "GET", ["channels"], query).ConfigureAwait(false);
        var page = JsonSerializer.Deserialize(body.Span, OperatorJson.Default.ChannelPage)!;
        page = page with { Channels = [.. page.Channels.Where(channel => channel.Name[0] != '~' && caller.Key.Reaches(channel.Name))] };
        await ApiAnswer.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(page, OperatorJson.Default.ChannelPage)).ConfigureAwait(false);
    }

    public async Task ChannelAsync(HttpContext context, ApiCaller caller, string text)
    {
        var (channel, _) = Channel(text, caller);
        await ApiAnswer.WriteAsync(context, await cluster.AskAsync(context, caller, "GET", ["channels", channel.Value]).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task HistoryAsync(HttpContext context, ApiCaller caller, string text)
    {
        var (channel, space) = Channel(text, caller);
        var query = ClusterCalls.Query(context, "limit", "after", "reverse");
        if (!space.KeepsLog)
        {
            throw new ApiFaultException(ErrorCode.Conflict, $"Namespace {space.Name} keeps no messages.");
        }

        var reverse = query.GetValueOrDefault("reverse") switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw ApiFaultException.Bad("reverse must be true or false.", "reverse"),
        };
        var from = query.GetValueOrDefault("after") is not { } after ? (reverse ? StartFrom.Live : StartFrom.Start)
            : StreamPosition.TryParse(after, out var position) ? new StartFrom.At(position)
            : throw ApiFaultException.Bad("after must be a position, EPOCH:OFFSET.", "after");
        var page = await AskAsync<ChannelReply.HistoryPage>(new ChannelRequest.ReadHistory(channel, ChannelAsks.Tag, from, Limit(query), reverse), context.RequestAborted).ConfigureAwait(false);
        var messages = page.For(default, time.GetUtcNow().ToUnixTimeMilliseconds());
        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("messages");
            foreach (var message in messages)
            {
                Write(json, page.Head.Epoch, message);
            }

            json.WriteEndArray();
            json.WriteString("position", page.Position.ToString());
            json.WriteString("head", page.Head.ToString());
            json.WriteBoolean("more", page.More);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task PresenceAsync(HttpContext context, ApiCaller caller, string text)
    {
        var (channel, space) = Channel(text, caller);
        if (!space.Presence)
        {
            throw new ApiFaultException(ErrorCode.Conflict, $"Namespace {space.Name} keeps no presence.");
        }

        var query = ClusterCalls.Query(context, "after");
        var after = default(SessionId);
        if (query.GetValueOrDefault("after") is { } last && !SessionId.TryParse(last, out after))
        {
            throw ApiFaultException.Bad("after must be the session of a member.", "after");
        }

        var page = await AskAsync<ChannelReply.RosterPage>(new ChannelRequest.ReadRoster(channel, ChannelAsks.Tag, after), context.RequestAborted).ConfigureAwait(false);
        var (members, more) = (page.Snapshot.Members ?? [], page.Snapshot.More);
        await ApiAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", page.Snapshot.Count);
            json.WriteStartArray("members");
            foreach (var member in members)
            {
                json.WriteStartObject();
                json.WriteString("session", member.Session.ToString());
                json.WriteString("user", member.User?.Value);
                Write(json, member.Data);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("next", more && members.Count > 0 ? members[^1].Session.ToString() : null);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task UserSessionsAsync(HttpContext context, ApiCaller caller, string user)
    {
        var query = ClusterCalls.Query(context, "limit", "after");
        query["user"] = ClusterCalls.User(user).Value;
        await ApiAnswer.WriteAsync(context, await cluster.AskAsync(context, caller, "GET", ["sessions"], query).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task SessionAsync(HttpContext context, ApiCaller caller, string text)
    {
        var session = ClusterCalls.Session(text);
        var body = await cluster.AskAsync(context, caller, "GET", ["sessions", session.ToString()]).ConfigureAwait(false);
        if (caller.Key.Patterns is not null)
        {
            // What else it is subscribed to is not for this key.
            var report = JsonSerializer.Deserialize(body.Span, OperatorJson.Default.SessionReport)!;
            report = report with { Subscriptions = [.. report.Subscriptions.Where(subscription => caller.Key.Reaches(subscription.Channel))] };
            body = JsonSerializer.SerializeToUtf8Bytes(report, OperatorJson.Default.SessionReport);
        }

        await ApiAnswer.WriteAsync(context, body).ConfigureAwait(false);
    }

    private (ChannelName Name, NamespacePolicy Space) Channel(string text, ApiCaller caller)
    {
        if (!ChannelName.TryParse(text, out var channel, out var fault))
        {
            throw ApiFaultException.Bad($"This is no name of a channel: {fault}.", "name");
        }

        if (!caller.Key.Reaches(channel.Value) || channel.IsReserved)
        {
            throw new ApiFaultException(ErrorCode.Forbidden, "This key is not for that channel.", "name");
        }

        return namespaces.TryFind(channel, out var space) ? (channel, space) : throw new ApiFaultException(ErrorCode.NotFound, $"{NamespaceTable.Missing(channel)}.", "name");
    }

    private static int Limit(Dictionary<string, string> query) =>
        query.GetValueOrDefault("limit") is not { } text ? DefaultLimit
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostLimit ? limit
        : throw ApiFaultException.Bad($"limit must be a whole number from 1 to {MostLimit}.", "limit");

    private async Task<TReply> AskAsync<TReply>(ChannelRequest request, CancellationToken cancellation)
        where TReply : ChannelReply => await channels.RepeatAsync(request, Patience, cancellation).ConfigureAwait(false) switch
        {
            TReply reply => reply,
            ChannelReply.Refused refused => throw new ApiFaultException(refused.Code, $"{refused.Message}.") { RetryAfter = refused.RetryAfter },
            _ => throw new ApiFaultException(ErrorCode.Unavailable, "The channel did not answer in time.") { RetryAfter = 1000 },
        };

    private static void Write(Utf8JsonWriter json, Epoch epoch, LogMessage message)
    {
        json.WriteStartObject();
        json.WriteString("position", new StreamPosition(epoch, message.Offset).ToString());
        json.WriteNumber("at", message.At);
        if (!message.From.IsNone)
        {
            json.WriteStartObject("from");
            json.WriteString("session", message.From.ToString());
            json.WriteString("user", message.User?.Value);
            json.WriteEndObject();
        }

        if (message.Tags.Count > 0)
        {
            json.WriteStartObject("tags");
            foreach (var (key, value) in message.Tags)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        Write(json, message.Payload);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Payload payload)
    {
        if (payload.IsBinary)
        {
            json.WriteBase64String("bytes", payload.Bytes.Span);
            return;
        }

        json.WritePropertyName("data");
        json.WriteRawValue(payload.Bytes.Span, skipInputValidation: true);
    }
}
