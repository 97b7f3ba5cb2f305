using System.Buffers;
using System.Text.Json;
using Realtime.Node.Events;

namespace Realtime.Node.Webhooks.Events;

/// <summary>What an endpoint is told, as JSON: docs/webhooks.md.</summary>
internal static class EventBody
{
    public const string Hook = "event";

    public static ReadOnlyMemory<byte> Write(ApplicationEvent happened)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("hook", Hook);
            json.WriteString("id", happened.Id);
            json.WriteString("event", EventNames.Of(happened.Kind));
            json.WriteNumber("at", happened.At);
            Text(json, "channel", happened.Channel?.Value);
            Text(json, "session", happened.Session.IsNone ? null : happened.Session.ToString());
            Text(json, "user", happened.User?.Value);
            Text(json, "reason", happened.Reason);
            switch (happened.Data)
            {
                case { IsBinary: false } data:
                    json.WritePropertyName("data");
                    json.WriteRawValue(data.Bytes.Span, skipInputValidation: true);
                    break;
                case { } bytes:
                    json.WriteBase64String("bytes", bytes.Bytes.Span);
                    break;
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
