using System.Text.Json;
using Realtime.Messages.Positions;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>An event as the server's own logs hold it.</summary>
internal static class EventJson
{
    public static void Write(Utf8JsonWriter json, ApplicationEvent happened)
    {
        json.WriteString("id", happened.Id);
        json.WriteNumber("at", happened.At);
        json.WritePropertyName("report");
        json.WriteRawValue(new EventReport(happened.Kind, happened.Channel, happened.Session, happened.User, happened.Data, happened.Reason).Write().Bytes.Span, skipInputValidation: true);
    }

    /// <returns>Null: this version does not know it.</returns>
    public static ApplicationEvent? Read(JsonElement written) => ReportOf(written.GetProperty("report")) is { } report
        ? new ApplicationEvent(
            written.GetProperty("id").GetString()!, report.Kind, written.GetProperty("at").GetInt64(), report.Channel, report.Session, report.User, report.Data, report.Reason)
        : null;

    public static EventReport? ReportOf(JsonElement written) => EventReport.Read(new Payload(JsonSerializer.SerializeToUtf8Bytes(written)));
}
