using System.Diagnostics;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary><c>welcome</c> and every form of <c>reply</c> → JSON.</summary>
internal static class JsonReplies
{
    public static void Write(ServerFrame frame, ref JsonOutput json)
    {
        switch (frame)
        {
            case ServerFrame.Done done:
                Begin(done.Id, ref json);
                break;
            case ServerFrame.PublishReply published:
                Begin(published.Id, ref json);
                JsonServerParts.Positions(published.Position, null, ref json);
                break;
            case ServerFrame.SubscribeReply subscribed:
                Begin(subscribed.Id, ref json);
                JsonServerParts.Standing(subscribed.Info, ref json);
                break;
            case ServerFrame.HistoryReply history:
                History(history, ref json);
                break;
            case ServerFrame.PresenceReply presence:
                Begin(presence.Id, ref json);
                JsonServerParts.Snapshot(presence.Presence, ref json);
                break;
            case ServerFrame.CallReply call:
                Begin(call.Id, ref json);
                if (call.Data is { } data)
                {
                    json.Raw(","u8);
                    json.Content(data);
                }

                break;
            case ServerFrame.RefreshReply refresh:
                Begin(refresh.Id, ref json);
                if (refresh.Expires is { } expires)
                {
                    json.Raw(""","expires":"""u8);
                    json.Number(expires);
                }

                ExpiresIn(refresh.ExpiresIn, ref json);

                break;
            default:
                throw new UnreachableException($"no JSON form for {frame.GetType().Name}");
        }

        json.Raw("}"u8);
    }

    public static void Welcome(ServerFrame.Welcome welcome, ref JsonOutput json)
    {
        json.Raw("""{"type":"welcome","id":"""u8);
        json.Number(welcome.Id);
        json.Raw(""","session":"""u8);
        json.Text(welcome.Session);
        json.Raw(""","resumed":"""u8);
        json.Flag(welcome.Resumed);
        json.Raw(""","user":"""u8);
        json.User(welcome.User);
        if (welcome.Info is { } info)
        {
            json.Raw(""","info":"""u8);
            json.Raw(info.Bytes.Span);
        }

        ExpiresIn(welcome.ExpiresIn, ref json);
        json.Raw(""","node":"""u8);
        json.Text(welcome.Node.Name);
        json.Raw(""","ping":{"every":"""u8);
        json.Number(welcome.PingEvery);
        json.Raw(""","timeout":"""u8);
        json.Number(welcome.PingTimeout);
        json.Raw("},"u8);
        Limits(welcome.Limits, ref json);
        json.Raw(""","crashWindow":"""u8);
        json.Number(welcome.CrashWindow);
        Others(welcome.Others, ref json);
        json.Raw(""","subscriptions":["""u8);
        for (var i = 0; i < welcome.Subscriptions.Count; i++)
        {
            json.Raw(i == 0 ? """{"channel":"""u8 : """,{"channel":"""u8);
            json.Text(welcome.Subscriptions[i].Channel.Value);
            JsonServerParts.Standing(welcome.Subscriptions[i], ref json);
            json.Raw("}"u8);
        }

        json.Raw("""],"state":{"""u8);
        State(welcome.State, ref json);
        json.Raw("}}"u8);
    }

    private static void ExpiresIn(long? milliseconds, ref JsonOutput json)
    {
        if (milliseconds is { } left)
        {
            json.Raw(""","expiresIn":"""u8);
            json.Number(left);
        }
    }

    private static void Others(IReadOnlyList<string> others, ref JsonOutput json)
    {
        for (var i = 0; i < others.Count; i++)
        {
            json.Raw(i == 0 ? ""","others":["""u8 : ","u8);
            json.Text(others[i]);
        }

        if (others.Count > 0)
        {
            json.Raw("]"u8);
        }
    }

    private static void Begin(long id, ref JsonOutput json)
    {
        json.Raw("""{"type":"reply","id":"""u8);
        json.Number(id);
    }

    private static void History(ServerFrame.HistoryReply history, ref JsonOutput json)
    {
        Begin(history.Id, ref json);
        json.Raw(""","messages":["""u8);
        for (var i = 0; i < history.Messages.Count; i++)
        {
            if (i > 0)
            {
                json.Raw(","u8);
            }

            // The very same objects as live ones, so that a client reads both with one function.
            JsonServerFrames.Message(history.Channel, history.Messages[i], null, ref json);
        }

        json.Raw("]"u8);
        JsonServerParts.Positions(history.Position, history.Head, ref json);
        json.Raw(""","more":"""u8);
        json.Flag(history.More);
    }

    private static void Limits(SessionLimits limits, ref JsonOutput json)
    {
        json.Raw("\"limits\":{\"messageBytes\":"u8);
        json.Number(limits.MessageBytes);
        json.Raw(""","frameBytes":"""u8);
        json.Number(limits.FrameBytes);
        json.Raw(""","subscriptions":"""u8);
        json.Number(limits.Subscriptions);
        json.Raw(""","inflight":"""u8);
        json.Number(limits.InFlight);
        json.Raw(""","seqWindow":"""u8);
        json.Number(limits.SequenceWindow);
        json.Raw("}"u8);
    }

    private static void State(IReadOnlyList<KeyValuePair<string, Payload>> state, ref JsonOutput json)
    {
        for (var i = 0; i < state.Count; i++)
        {
            if (i > 0)
            {
                json.Raw(","u8);
            }

            json.Text(state[i].Key);
            json.Raw(":"u8);
            json.Value(state[i].Value);
        }
    }
}
