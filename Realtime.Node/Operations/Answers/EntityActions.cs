using System.Runtime.InteropServices;
using System.Text.Json;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Namespaces;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>What may be done to a session and to a channel, and the messages of a channel: they are the application's, so they need the same right.</summary>
internal sealed class EntityActions(OperatorServices services, ShardAnswers shards, EntityQuestions entities)
{
    private const int LongestReason = 200;
    private const int MostBytes = 4 * 1024 * 1024;

    public async Task<OperatorReply> DisconnectAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var id = OperatorQuestion.Session(question.Arguments[0], "id");
        var body = question.Read(ActionBodies.Default.Disconnect, new OperatorActions.Disconnect());
        if (body.Reason is { Length: > LongestReason })
        {
            throw OperatorQuestion.Bad($"reason must be at most {LongestReason} characters.", "reason");
        }

        var who = $"Session {id}";
        switch (await entities.AskAsync(new SessionRequest.Inspect(id, EntityQuestions.Tag, Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false))
        {
            case SessionReply.Inspected { Info.Phase: not SessionPhase.Attached } when body.Reconnect:
                return OperatorReply.Conflict($"{who} has no connection: it waits for its client.");
            case SessionReply.Inspected:
                break;
            case SessionReply.Unknown:
                return OperatorReply.NotFound($"There is no session {id}.", "id");
            case var other:
                return EntityQuestions.NoAnswer(who, other);
        }

        var disconnect = new SessionRequest.Disconnect(id, EntityQuestions.Tag, body.Reconnect, body.Reason);
        return await entities.AskAsync(disconnect, EntityQuestions.ActionPatience, cancellation).ConfigureAwait(false) switch
        {
            SessionReply.Done when body.Reconnect => OperatorReply.Done($"{who} lost its connection, and its client may come back at once."),
            SessionReply.Done => OperatorReply.Done($"{who} is over, and its client was told to stay away."),
            SessionReply.Unknown => OperatorReply.NotFound($"There is no session {id} any more.", "id"),
            var other => EntityQuestions.NoAnswer(who, other, mayBeDone: true),
        };
    }

    public async Task<OperatorReply> PublishAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (name, space) = Channel(question);
        if (name.IsReserved)
        {
            throw OperatorQuestion.Bad("channels that begin with ~ are the server's own; what stands there has a meaning for it.", "name");
        }

        var body = question.Read(ActionBodies.Default.Publish);
        var data = JsonMarshal.GetRawUtf8Value(body.Data).ToArray();
        if (data.Length > space.MessageBytes)
        {
            throw OperatorQuestion.Bad($"data is {data.Length} bytes; a message of namespace {space.Name} has at most {space.MessageBytes}.", "data");
        }

        // From no session and no user: the application sees that none of its own has said this.
        var publish = new ChannelRequest.Publish(name, EntityQuestions.Tag, new Payload(data), default, null);
        return await entities.AskAsync(publish, EntityQuestions.ActionPatience, cancellation).ConfigureAwait(false) switch
        {
            ChannelReply.Published published => OperatorReply.Ok(new OperatorActions.Published(Words.Of(published.Position)), OperatorJson.Default.Published),
            var other => EntityQuestions.NoAnswer($"Channel {name}", other, mayBeDone: true),
        };
    }

    public async Task<OperatorReply> MessagesAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (name, space) = Channel(question);
        StreamPosition? after = question.Text("after") is { } text ? OperatorQuestion.Position(text, "after") : null;
        var limit = question.Limit();
        if (!space.KeepsLog)
        {
            return OperatorReply.Conflict($"Channel {name} keeps no messages: namespace {space.Name} has no log.");
        }

        var who = $"Channel {name}";
        if (after is null)
        {
            var newest = await entities.AskAsync(
                new ChannelRequest.Subscribe(name, EntityQuestions.Tag, new StartFrom.Last(limit), 1, MostBytes, WantsRoster: false), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
            if (newest is not ChannelReply.Subscribed { Position: var position })
            {
                return EntityQuestions.NoAnswer(who, newest);
            }

            after = position;
        }

        var reply = await ReadAsync(name, after.Value, limit, cancellation).ConfigureAwait(false);
        var gap = (reply as ChannelReply.Page)?.Gap;
        if (reply is ChannelReply.Page { Messages.Count: 0, Gap: not null } && gap is not null)
        {
            // A reader is told of a gap first, and asks again from behind it.
            reply = await ReadAsync(name, gap.Position, limit, cancellation).ConfigureAwait(false);
        }

        if (reply is not ChannelReply.Page page)
        {
            return EntityQuestions.NoAnswer(who, reply);
        }

        var epoch = page.Head.Epoch;
        var now = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var start = gap?.Position ?? after.Value;
        var last = page.Messages.Count > 0 ? new StreamPosition(epoch, page.Messages[^1].Offset) : start;
        return OperatorReply.Ok(
            new ChannelMessages(
                [.. page.Messages.Where(message => !message.IsOver(now)).Select(message => new ChannelMessages.Item(
                    new StreamPosition(epoch, message.Offset).ToString(), DateTimeOffset.FromUnixTimeMilliseconds(message.At), message.User?.Value, Json(message.Payload)))],
                last.ToString(),
                gap is null ? null : Why(gap)),
            OperatorJson.Default.ChannelMessages);
    }

    private Task<ChannelReply?> ReadAsync(ChannelName channel, StreamPosition after, int limit, CancellationToken cancellation) =>
        entities.AskAsync(new ChannelRequest.Read(channel, EntityQuestions.Tag, after, limit, MostBytes), EntityQuestions.Patience, cancellation);

    private (ChannelName Name, NamespacePolicy Space) Channel(OperatorQuestion question)
    {
        var name = shards.Known(OperatorQuestion.Channel(question.Arguments[0], "name"));
        return (name, services.Namespaces.Of(name));
    }

    /// <summary>Raw bytes as a text in base64: JSON has no other form for them.</summary>
    private static JsonElement Json(Payload payload)
    {
        if (!payload.IsBinary)
        {
            return JsonElement.Parse(payload.Bytes.Span);
        }

        return JsonElement.Parse($"\"{Convert.ToBase64String(payload.Bytes.Span)}\"");
    }

    private static string Why(GapNotice gap) => gap.Reason switch
    {
        GapReason.Trimmed => $"Messages up to {gap.Position} are not kept any more.",
        GapReason.Epoch => "The position is of another life of this log.",
        GapReason.Ahead => "The position is ahead of the log.",
        GapReason.Lagged => "Messages were dropped.",
        GapReason.Corrupt => "The store could not give the messages back.",
        _ => throw new ArgumentOutOfRangeException(nameof(gap), gap.Reason, "There is no such reason."),
    };
}
