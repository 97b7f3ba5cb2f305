using System.Buffers;
using System.Text.Json;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Webhooks.Decisions;

/// <summary>What an endpoint is asked, as JSON: docs/webhooks.md.</summary>
internal static class QuestionJson
{
    public static string HookOf(Question question) => question switch
    {
        Question.Connect => "connect",
        Question.Subscribe => "subscribe",
        Question.Publish => "publish",
        Question.Call => "call",
        _ => throw new ArgumentOutOfRangeException(nameof(question), question, "is not asked"),
    };

    public static ReadOnlyMemory<byte> Write(Question question, string id)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("hook", HookOf(question));
            json.WriteString("id", id);
            if (!question.Session.IsNone)
            {
                json.WriteString("session", question.Session.ToString());
            }

            if (question.Identity is { } identity)
            {
                json.WriteString("user", identity.User.Value);
            }

            WriteOwn(json, question);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteOwn(Utf8JsonWriter json, Question question)
    {
        switch (question)
        {
            case Question.Connect connect:
                Value(json, "info", connect.Identity?.Info);
                Value(json, "data", connect.Data);
                Text(json, "clientName", connect.ClientName);
                Text(json, "clientVersion", connect.ClientVersion);
                json.WriteString("address", connect.Address.ToString());
                break;
            case Question.Subscribe subscribe:
                json.WriteString("channel", subscribe.Channel.Value);
                Value(json, "presence", subscribe.Presence);
                break;
            case Question.Publish publish:
                json.WriteString("channel", publish.Channel.Value);
                Value(json, "data", publish.Payload);
                if (publish.Tags.Count > 0)
                {
                    json.WriteStartObject("tags");
                    foreach (var (name, value) in publish.Tags)
                    {
                        json.WriteString(name, value);
                    }

                    json.WriteEndObject();
                }

                break;
            case Question.Call call:
                json.WriteString("method", call.Method);
                Value(json, "data", call.Data);
                break;
        }
    }

    /// <summary>Bytes are no JSON: they are <c>bytes</c>, in base64.</summary>
    private static void Value(Utf8JsonWriter json, string name, Payload? payload)
    {
        switch (payload)
        {
            case { IsBinary: false } text:
                json.WritePropertyName(name);
                json.WriteRawValue(text.Bytes.Span, skipInputValidation: true);
                break;
            case { } binary:
                json.WriteBase64String("bytes", binary.Bytes.Span);
                break;
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
