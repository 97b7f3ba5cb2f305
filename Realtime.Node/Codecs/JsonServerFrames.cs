using System.Diagnostics;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>Server frames → JSON (protocol.md §3, the table from server to client). A field without a value is left out.</summary>
internal static class JsonServerFrames
{
    public static void Write(ServerFrame frame, ref JsonOutput json)
    {
        switch (frame)
        {
            case ServerFrame.Message message:
                Message(message.Channel, message.Content, message.Previous, ref json);
                break;
            case ServerFrame.Ping:
                json.Raw("""{"type":"ping"}"""u8);
                break;
            case ServerFrame.Gap gap:
                Gap(gap, ref json);
                break;
            case ServerFrame.PresenceChanged change:
                Changed(change, ref json);
                break;
            case ServerFrame.Roster roster:
                json.Raw("""{"type":"roster","channel":"""u8);
                json.Text(roster.Channel.Value);
                JsonServerParts.Snapshot(roster.Presence, ref json);
                json.Raw("}"u8);
                break;
            case ServerFrame.Subscribed subscribed:
                json.Raw("""{"type":"subscribed","channel":"""u8);
                Standing(subscribed.Channel, subscribed.Position, subscribed.Head, subscribed.Reason, ref json);
                break;
            case ServerFrame.Unsubscribed unsubscribed:
                json.Raw("""{"type":"unsubscribed","channel":"""u8);
                Standing(unsubscribed.Channel, unsubscribed.Position, null, unsubscribed.Reason, ref json);
                break;
            case ServerFrame.Error error:
                Error(error, ref json);
                break;
            case ServerFrame.Move move:
                Move(move, ref json);
                break;
            case ServerFrame.Goodbye goodbye:
                Goodbye(goodbye, ref json);
                break;
            case ServerFrame.Welcome welcome:
                JsonReplies.Welcome(welcome, ref json);
                break;
            default:
                JsonReplies.Write(frame, ref json);
                break;
        }
    }

    public static void Message(ChannelName channel, LogMessage message, long? previous, ref JsonOutput json)
    {
        json.Raw("""{"type":"message","channel":"""u8);
        json.Text(channel.Value);
        if (message.Offset != 0)
        {
            json.Raw(""","offset":"""u8);
            json.Number(message.Offset);
            if (previous is { } before && before != message.Offset - 1)
            {
                json.Raw(""","prev":"""u8);
                json.Number(before);
            }
        }

        json.Raw(","u8);
        json.Content(message.Payload);
        json.Raw(""","at":"""u8);
        json.Number(message.At);
        if (!message.From.IsNone)
        {
            json.Raw(""","from":{"session":"""u8);
            json.Session(message.From);
            json.Raw(""","user":"""u8);
            json.User(message.User);
            json.Raw("}"u8);
        }

        JsonServerParts.Tags(message.Tags, ref json);
        json.Raw("}"u8);
    }

    private static void Gap(ServerFrame.Gap gap, ref JsonOutput json)
    {
        json.Raw("""{"type":"gap","channel":"""u8);
        json.Text(gap.Channel.Value);
        json.Raw(","u8);
        JsonServerParts.Lost(gap.Notice, ref json);
        json.Raw("}"u8);
    }

    private static void Changed(ServerFrame.PresenceChanged change, ref JsonOutput json)
    {
        json.Raw(change.Change switch
        {
            PresenceChange.Joined => """{"type":"joined","channel":"""u8,
            PresenceChange.Left => """{"type":"left","channel":"""u8,
            PresenceChange.Changed => """{"type":"changed","channel":"""u8,
            _ => throw new UnreachableException(),
        });
        json.Text(change.Channel.Value);
        json.Raw(""","members":"""u8);
        JsonServerParts.Members(change.Members, ref json);
        json.Raw(""","rev":"""u8);
        json.Number(change.Revision);
        json.Raw("}"u8);
    }

    private static void Standing(ChannelName channel, StreamPosition? position, StreamPosition? head, string? reason, ref JsonOutput json)
    {
        json.Text(channel.Value);
        JsonServerParts.Positions(position, head, ref json);
        if (reason is not null)
        {
            json.Raw(""","reason":"""u8);
            json.Text(reason);
        }

        json.Raw("}"u8);
    }

    private static void Error(ServerFrame.Error error, ref JsonOutput json)
    {
        json.Raw("""{"type":"error","""u8);
        if (error.Id != 0)
        {
            json.Raw("\"id\":"u8);
            json.Number(error.Id);
            json.Raw(","u8);
        }

        json.Raw("\"code\":"u8);
        json.Text(ErrorRegistry.NameOf(error.Code));
        json.Raw(""","message":"""u8);
        json.Text(error.Text);
        if (error.RetryAfter is { } wait)
        {
            json.Raw(""","retryAfter":"""u8);
            json.Number(wait);
        }

        json.Raw(error.Outcome switch
        {
            Outcome.None => ""","outcome":"none"}"""u8,
            Outcome.Unknown => ""","outcome":"unknown"}"""u8,
            _ => throw new UnreachableException(),
        });
    }

    private static void Move(ServerFrame.Move move, ref JsonOutput json)
    {
        json.Raw("""{"type":"move","url":"""u8);
        json.Text(move.Url);
        if (move.Ticket is not null)
        {
            json.Raw(""","ticket":"""u8);
            json.Text(move.Ticket);
        }

        json.Raw(""","after":"""u8);
        json.Number(move.After);
        json.Raw(""","within":"""u8);
        json.Number(move.Within);
        json.Raw(move.Reason switch
        {
            MoveReason.Rebalance => ""","reason":"rebalance"}"""u8,
            MoveReason.Drain => ""","reason":"drain"}"""u8,
            _ => throw new UnreachableException(),
        });
    }

    private static void Goodbye(ServerFrame.Goodbye goodbye, ref JsonOutput json)
    {
        json.Raw("""{"type":"goodbye","code":"""u8);
        json.Number((int)goodbye.Code);
        json.Raw(""","reason":"""u8);
        json.Text(goodbye.Reason);
        json.Raw(""","reconnect":"""u8);
        if (goodbye.Reconnect is { } advice)
        {
            json.Raw("""{"after":"""u8);
            json.Number(advice.After);
            json.Raw(""","within":"""u8);
            json.Number(advice.Within);
            json.Raw("}}"u8);
        }
        else
        {
            json.Raw("false}"u8);
        }
    }
}
