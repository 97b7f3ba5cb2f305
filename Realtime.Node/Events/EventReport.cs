using System.Text.Json;
using System.Text.Json.Serialization;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Events;

/// <summary>
/// What an entity writes on its outbox: how things stand with it. Written again whenever it is not known to be written, also by the entity's next owner; <see cref="EventFold"/> makes one event of however many say the same.
/// </summary>
internal sealed record EventReport(EventKind Kind, ChannelName? Channel, SessionId Session, UserId? User, Payload? Data = null, string? Reason = null)
{
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>What it is about: of reports about the same the newest is what counts.</summary>
    public ReportSubject Subject => Kind switch
    {
        EventKind.ChannelOccupied or EventKind.ChannelVacated => new ReportSubject(EventKind.ChannelOccupied, default),
        EventKind.MemberJoined or EventKind.MemberChanged or EventKind.MemberLeft => new ReportSubject(EventKind.MemberJoined, Session),
        _ => new ReportSubject(Kind, Session),
    };

    /// <summary>About how much it takes on its way.</summary>
    public int Size => 200 + (Channel?.Value.Length ?? 0) + (User?.Value.Length ?? 0) + (Data is { } data ? data.Length * (data.IsBinary ? 4 : 3) / 3 : 0);

    public OutboxPartition Partition => Channel is { } channel ? OutboxPartition.Of(channel) : OutboxPartition.Of(Session);

    /// <returns>Null: this version does not know it.</returns>
    public static EventReport? Read(Payload written)
    {
        try
        {
            return JsonSerializer.Deserialize<Written>(written.Bytes.Span, Json) is { } read && Enum.TryParse<EventKind>(read.Kind, out var kind) ? OfWritten(kind, read) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public Payload Write() => new(JsonSerializer.SerializeToUtf8Bytes(
        new Written(
            Kind.ToString(),
            Channel?.Value,
            Session == default ? null : Session.ToString(),
            User?.Value,
            Data is { IsBinary: false } text ? JsonElement.Parse(text.Bytes.Span) : null,
            Data is { IsBinary: true } binary ? binary.Bytes.ToArray() : null,
            Reason),
        Json));

    private static EventReport? OfWritten(EventKind kind, Written read)
    {
        ChannelName? channel = ChannelName.TryParse(read.Channel ?? "", out var name, out _) ? name : null;
        var session = default(SessionId);
        return (read.Channel is null) == (channel is null) && (read.Session is null || SessionId.TryParse(read.Session, out session)) && (channel is not null || session != default)
            ? new EventReport(kind, channel, session, read.User is null ? null : new UserId(read.User), DataOf(read), read.Reason)
            : null;
    }

    private static Payload? DataOf(Written read) =>
        read.Binary is { } binary ? new Payload(binary, IsBinary: true) : read.Data is { } data ? new Payload(JsonSerializer.SerializeToUtf8Bytes(data)) : null;

    private sealed record Written(string Kind, string? Channel, string? Session, string? User, JsonElement? Data, byte[]? Binary, string? Reason);
}
