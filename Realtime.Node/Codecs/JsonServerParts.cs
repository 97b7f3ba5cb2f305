using System.Diagnostics;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;

namespace Realtime.Node.Codecs;

/// <summary>What several server frames have in common → JSON. Each part follows a field, except where it says that it does not.</summary>
internal static class JsonServerParts
{
    public static void Positions(StreamPosition? position, StreamPosition? head, ref JsonOutput json)
    {
        if (position is { IsNone: false } after)
        {
            json.Raw(""","position":"""u8);
            json.Position(after);
        }

        if (head is { IsNone: false } last)
        {
            json.Raw(""","head":"""u8);
            json.Position(last);
        }
    }

    /// <summary>Where a subscription stands, without its channel.</summary>
    public static void Standing(SubscriptionInfo info, ref JsonOutput json)
    {
        Positions(info.Position, info.Head, ref json);
        if (info.Recovered is { } recovered)
        {
            json.Raw(""","recovered":"""u8);
            json.Flag(recovered);
        }

        if (info.Gap is { } gap)
        {
            json.Raw(""","gap":{"""u8);
            Lost(gap, ref json);
            json.Raw("}"u8);
        }

        if (info.Already)
        {
            json.Raw(""","already":true"""u8);
        }

        if (info.Expires is { } expires)
        {
            json.Raw(""","expires":"""u8);
            json.Number(expires);
        }

        if (info.Presence is { } presence)
        {
            Snapshot(presence, ref json);
        }
    }

    /// <summary>The fields of a gap; the first of them stands at the beginning of an object, or after a comma.</summary>
    public static void Lost(GapNotice gap, ref JsonOutput json)
    {
        if (gap.From is { } from)
        {
            json.Raw("\"from\":"u8);
            json.Number(from);
            json.Raw(","u8);
        }

        if (gap.To is { } to)
        {
            json.Raw("\"to\":"u8);
            json.Number(to);
            json.Raw(","u8);
        }

        json.Raw(gap.Reason switch
        {
            GapReason.Trimmed => "\"reason\":\"trimmed\""u8,
            GapReason.Epoch => "\"reason\":\"epoch\""u8,
            GapReason.Ahead => "\"reason\":\"ahead\""u8,
            GapReason.Lagged => "\"reason\":\"lagged\""u8,
            GapReason.Corrupt => "\"reason\":\"corrupt\""u8,
            _ => throw new UnreachableException(),
        });
        Positions(gap.Position, null, ref json);
    }

    public static void Snapshot(PresenceSnapshot presence, ref JsonOutput json)
    {
        if (presence.Members is { } members)
        {
            json.Raw(""","members":"""u8);
            Members(members, ref json);
        }

        json.Raw(""","count":"""u8);
        json.Number(presence.Count);
        json.Raw(""","rev":"""u8);
        json.Number(presence.Revision);
        if (presence.More)
        {
            json.Raw(""","more":true"""u8);
        }
    }

    /// <summary>The array alone.</summary>
    public static void Members(IReadOnlyList<Member> members, ref JsonOutput json)
    {
        json.Raw("["u8);
        for (var i = 0; i < members.Count; i++)
        {
            json.Raw(i == 0 ? """{"session":"""u8 : """,{"session":"""u8);
            json.Session(members[i].Session);
            json.Raw(""","user":"""u8);
            json.User(members[i].User);
            json.Raw(","u8);
            json.Content(members[i].Data);
            json.Raw("}"u8);
        }

        json.Raw("]"u8);
    }

    public static void Tags(IReadOnlyList<KeyValuePair<string, string>> tags, ref JsonOutput json)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            json.Raw(i == 0 ? ""","tags":{"""u8 : ","u8);
            json.Text(tags[i].Key);
            json.Raw(":"u8);
            json.Text(tags[i].Value);
        }

        if (tags.Count > 0)
        {
            json.Raw("}"u8);
        }
    }
}
