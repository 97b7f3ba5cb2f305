using System.Buffers;
using System.Text.Json;
using Realtime.Messages.Positions;
using Realtime.Node.Outboxes.Core;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>What the log of a place holds: places, and before some of them pages of a checkpoint.</summary>
internal abstract record PlaceRecord
{
    /// <summary>A page goes from node to node like any message; what one event carries may be more.</summary>
    private const int PageBytes = 64 * 1024;

    private PlaceRecord()
    {
    }

    /// <param name="Checkpoint">Offset of the first page of the checkpoint that counts; 0: none was written yet.</param>
    public sealed record At(Place Place, long Checkpoint) : PlaceRecord;

    public sealed record Page(bool IsLast, Checkpoint Part) : PlaceRecord;

    public static Payload Write(Place place, long checkpoint) => Written(json =>
    {
        json.WriteString("read", place.Read.IsNone ? "" : place.Read.ToString());
        json.WriteStartArray("waiting");
        foreach (var id in place.Waiting)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteNumber("since", place.Since);
        json.WriteNumber("checkpoint", checkpoint);
    });

    /// <summary>In their order, at least one.</summary>
    public static IReadOnlyList<Payload> Write(Checkpoint checkpoint)
    {
        var parts = new List<Checkpoint>();
        var (reports, events, size) = (new List<EventReport>(), new List<ApplicationEvent>(), 0);
        foreach (var report in checkpoint.Stand)
        {
            Room(report.Data);
            reports.Add(report);
        }

        foreach (var happened in checkpoint.Pending)
        {
            Room(happened.Data);
            events.Add(happened);
        }

        parts.Add(new Checkpoint(checkpoint.Read, reports, events));
        return [.. parts.Select((part, i) => Write(part, i == parts.Count - 1))];

        void Room(Payload? data)
        {
            size += 256 + ((data?.Length ?? 0) * 2);
            if (size > PageBytes && reports.Count + events.Count > 0)
            {
                parts.Add(new Checkpoint(checkpoint.Read, reports, events));
                (reports, events, size) = ([], [], 256 + ((data?.Length ?? 0) * 2));
            }
        }
    }

    /// <returns>Null: this version does not know it.</returns>
    public static PlaceRecord? Read(Payload written)
    {
        var json = JsonElement.Parse(written.Bytes.Span);
        var read = StreamPosition.TryParse(json.GetProperty("read").GetString(), out var position) ? position : default;
        if (json.TryGetProperty("waiting", out var waiting))
        {
            return new At(
                new Place(read, [.. waiting.EnumerateArray().Select(id => id.GetString()!)], json.GetProperty("since").GetInt64()), json.GetProperty("checkpoint").GetInt64());
        }

        return json.TryGetProperty("stand", out var stand)
            ? new Page(
                json.GetProperty("last").GetBoolean(),
                new Checkpoint(
                    read,
                    [.. stand.EnumerateArray().Select(EventJson.ReportOf).OfType<EventReport>()],
                    [.. json.GetProperty("pending").EnumerateArray().Select(EventJson.Read).OfType<ApplicationEvent>()]))
            : null;
    }

    private static Payload Write(Checkpoint part, bool isLast) => Written(json =>
    {
        json.WriteString("read", part.Read.IsNone ? "" : part.Read.ToString());
        json.WriteBoolean("last", isLast);
        json.WriteStartArray("stand");
        foreach (var report in part.Stand)
        {
            json.WriteRawValue(report.Write().Bytes.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteStartArray("pending");
        foreach (var happened in part.Pending)
        {
            json.WriteStartObject();
            EventJson.Write(json, happened);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static Payload Written(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return new Payload(buffer.WrittenMemory);
    }
}
