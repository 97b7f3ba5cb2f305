using System.Globalization;
using System.Text;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>
/// What the log of an hour holds: the publishes that are due in it, each with its message, and what becomes of them. Numbers of a schedule's own producer make each step happen once, whoever
/// writes it: 1 is the making, 2 is the claim to publish it or to cancel it, 3 is the end.
/// </summary>
internal abstract record ScheduleRecord(ScheduleId Id)
{
    private const int LongestDetail = 200;
    private const string IdTag = "id";
    private const string StateTag = "is";
    private const string TagPrefix = "tag:";
    private static readonly Payload Nothing = new("null"u8.ToArray());

    public sealed record Made(ScheduleEntry Entry, PublishItem Item) : ScheduleRecord(Entry.Id);

    /// <param name="At">When it was written, milliseconds since 1970.</param>
    public sealed record Claimed(ScheduleId Id, long At) : ScheduleRecord(Id);

    public sealed record Ended(ScheduleId Id, ScheduleEnd End, long At) : ScheduleRecord(Id);

    public static ChannelRequest.Publish Making(ScheduleEntry entry, PublishItem item)
    {
        List<KeyValuePair<string, string>> tags =
        [
            new(IdTag, entry.Id.ToString()),
            new("channel", entry.Channel.Value),
            new("due", Text(entry.Due)),
            new("owner", entry.Owner),
        ];
        Add("key", entry.Key);
        Add("ttl", entry.TimeToLive is { } ttl ? Text(ttl) : null);
        Add("expected", item.Expected?.ToString());
        Add("except", item.Except.IsNone ? null : item.Except.ToString());
        tags.AddRange(item.Tags.Select(tag => KeyValuePair.Create(TagPrefix + tag.Key, tag.Value)));
        return Write(entry.Id, 1, item.Payload, tags);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                tags.Add(new(name, value));
            }
        }
    }

    public static ChannelRequest.Publish Claim(ScheduleId id) => Mark(id, 2, new ScheduleEnd(ScheduleState.Firing));

    /// <summary>Instead of a claim.</summary>
    public static ChannelRequest.Publish EndUnclaimed(ScheduleId id, ScheduleEnd end) => Mark(id, 2, end);

    public static ChannelRequest.Publish EndClaimed(ScheduleId id, ScheduleEnd end) => Mark(id, 3, end);

    /// <returns>Null: a later version wrote something that this one does not know.</returns>
    public static ScheduleRecord? Read(LogMessage message)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in message.Tags)
        {
            tags.TryAdd(name, value);
        }

        if (!ScheduleId.TryParse(tags.GetValueOrDefault(IdTag), out var id))
        {
            return null;
        }

        if (tags.GetValueOrDefault(StateTag) is { } state)
        {
            return !Enum.TryParse<ScheduleState>(state, out var known) ? null
                : known is ScheduleState.Firing ? new Claimed(id, message.At)
                : new Ended(id, new ScheduleEnd(known, tags.GetValueOrDefault("position"), tags.GetValueOrDefault("code"), tags.GetValueOrDefault("detail")), message.At);
        }

        if (!ChannelName.TryParse(tags.GetValueOrDefault("channel"), out var channel, out _) || Number(tags.GetValueOrDefault("due")) is not { } due)
        {
            return null;
        }

        var entry = new ScheduleEntry(id, channel, due, tags.GetValueOrDefault("owner", ""), message.Payload.Length)
        {
            Key = tags.GetValueOrDefault("key"), TimeToLive = Number(tags.GetValueOrDefault("ttl")),
        };
        return new Made(entry, new PublishItem([channel], message.Payload)
        {
            Tags = [.. message.Tags.Where(tag => tag.Key.StartsWith(TagPrefix, StringComparison.Ordinal)).Select(tag => KeyValuePair.Create(tag.Key[TagPrefix.Length..], tag.Value))],
            Expected = StreamPosition.TryParse(tags.GetValueOrDefault("expected"), out var expected) ? expected : null,
            Except = SessionId.TryParse(tags.GetValueOrDefault("except"), out var except) ? except : default,
            At = due,
        });
    }

    private static ChannelRequest.Publish Mark(ScheduleId id, long number, ScheduleEnd end)
    {
        List<KeyValuePair<string, string>> tags = [new(IdTag, id.ToString()), new(StateTag, end.State.ToString())];
        foreach (var (name, value) in new[] { ("position", end.Position), ("code", end.Code), ("detail", end.Detail is { Length: > LongestDetail } text ? text[..LongestDetail] : end.Detail) })
        {
            if (value is not null)
            {
                tags.Add(new(name, value));
            }
        }

        return Write(id, number, Nothing, tags);
    }

    private static ChannelRequest.Publish Write(ScheduleId id, long number, Payload payload, IReadOnlyList<KeyValuePair<string, string>> tags) =>
        new(ScheduleLog.Of(id.Hour), 0, payload, default, null) { Producer = id.Producer, Sequence = number, Tags = tags };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
