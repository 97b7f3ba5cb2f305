using System.Globalization;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>What nodes ask the one that keeps the schedules, as the inquiries that members of a cluster know.</summary>
internal abstract record ScheduleQuestion
{
    public const string Path = "schedules";
    private const string TagPrefix = "tag:";

    public sealed record Make(ChannelName Channel, long Due, string Owner, PublishItem Item) : ScheduleQuestion;

    public sealed record Find(ScheduleId Id) : ScheduleQuestion;

    public sealed record Cancel(ScheduleId Id) : ScheduleQuestion;

    /// <param name="After">Due time and offset of the last one before; null: from the first on.</param>
    public sealed record List(string Prefix, ScheduleState? State, (long Due, long Offset)? After, int Limit) : ScheduleQuestion;

    public Inquiry.Question ToInquiry() => this switch
    {
        Make make => Inquiry("POST", null, Members(make), make.Item.Payload),
        Find find => Inquiry("GET", find.Id, []),
        Cancel cancel => Inquiry("DELETE", cancel.Id, []),
        List list => Inquiry("GET", null, [.. Members(list)]),
        _ => throw new InvalidOperationException($"{GetType()} is no question about schedules."),
    };

    /// <returns>Null: a node of a later version asks something that this one does not know.</returns>
    public static ScheduleQuestion? Read(Inquiry.Question inquiry)
    {
        var id = default(ScheduleId);
        if (inquiry.Path is not [Path, ..] || inquiry.Path.Count > 2 || (inquiry.Path.Count == 2 && !ScheduleId.TryParse(inquiry.Path[1], out id)))
        {
            return null;
        }

        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in inquiry.Query)
        {
            members.TryAdd(parameter.Name, parameter.Value);
        }

        return (inquiry.Method, inquiry.Path.Count) switch
        {
            ("POST", 1) => ReadMake(inquiry, members),
            ("GET", 1) => new List(
                members.GetValueOrDefault("prefix", ""),
                ScheduleReports.TryState(members.GetValueOrDefault("state", ""), out var state) ? state : null,
                TryCursor(members.GetValueOrDefault("after"), out var after) ? after : null,
                (int)(Number(members, "limit") ?? 1)),
            ("GET", 2) => new Find(id),
            ("DELETE", 2) => new Cancel(id),
            _ => null,
        };
    }

    public static string Cursor(ScheduleEntry entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Due}-{entry.Position.Offset}");

    public static bool TryCursor(string? text, out (long Due, long Offset) cursor)
    {
        cursor = default;
        return text?.Split('-') is [var due, var offset]
            && long.TryParse(due, NumberStyles.None, CultureInfo.InvariantCulture, out cursor.Due)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out cursor.Offset)
            && cursor.Offset < long.MaxValue;
    }

    public static Inquiry.Part Answer(ReadOnlyMemory<byte> json) => new(200, null, 0, json.Length, 0, new Payload(json));

    public static Inquiry.Part Answer(RequestFault fault)
    {
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new OperatorError(ErrorRegistry.NameOf(fault.Code), fault.Detail, fault.Field), OperatorJson.Default.OperatorError);
        var status = fault.Outcome is Outcome.Unknown ? 504 : fault.Code is ErrorCode.Unavailable or ErrorCode.StorageFull ? 503 : 400;
        return new Inquiry.Part(status, fault.Detail, 0, json.Length, 0, new Payload(json));
    }

    private static Make? ReadMake(Inquiry.Question inquiry, Dictionary<string, string> members) =>
        ChannelName.TryParse(members.GetValueOrDefault("channel"), out var channel, out _) && Number(members, "due") is { } due
            ? new Make(channel, due, members.GetValueOrDefault("owner", ""), new PublishItem([channel], inquiry.Body)
            {
                IdempotencyKey = members.GetValueOrDefault("key"),
                TimeToLive = Number(members, "ttl") is { } ttl ? TimeSpan.FromMilliseconds(ttl) : null,
                Expected = StreamPosition.TryParse(members.GetValueOrDefault("expected"), out var expected) ? expected : null,
                Except = SessionId.TryParse(members.GetValueOrDefault("except"), out var except) ? except : default,
                Tags = [.. inquiry.Query.Where(member => member.Name.StartsWith(TagPrefix, StringComparison.Ordinal)).Select(member => KeyValuePair.Create(member.Name[TagPrefix.Length..], member.Value))],
                At = due,
            })
            : null;

    private static List<QueryParameter> Members(Make make)
    {
        List<QueryParameter> members = [new("channel", make.Channel.Value), new("due", Text(make.Due)), new("owner", make.Owner)];
        Add("key", make.Item.IdempotencyKey);
        Add("ttl", make.Item.TimeToLive is { } ttl ? Text(Math.Max(1, (long)ttl.TotalMilliseconds)) : null);
        Add("expected", make.Item.Expected?.ToString());
        Add("except", make.Item.Except.IsNone ? null : make.Item.Except.ToString());
        members.AddRange(make.Item.Tags.Select(tag => new QueryParameter(TagPrefix + tag.Key, tag.Value)));
        return members;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                members.Add(new QueryParameter(name, value));
            }
        }
    }

    private static IEnumerable<QueryParameter> Members(List list)
    {
        yield return new QueryParameter("prefix", list.Prefix);
        yield return new QueryParameter("limit", Text(list.Limit));
        if (list.State is { } state)
        {
            yield return new QueryParameter("state", ScheduleReports.NameOf(state));
        }

        if (list.After is { } after)
        {
            yield return new QueryParameter("after", $"{Text(after.Due)}-{Text(after.Offset)}");
        }
    }

    private static Inquiry.Question Inquiry(string method, ScheduleId? id, IReadOnlyList<QueryParameter> query, Payload body = default) =>
        new(method, id is { } known ? [Path, known.ToString()] : [Path], query, body, "", "", MayAct: true);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(Dictionary<string, string> members, string name) =>
        long.TryParse(members.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
