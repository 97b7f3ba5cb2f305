using System.Text.Json;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api.Publishing;

/// <summary>How the result of a publish goes out.</summary>
internal static class PublishResultJson
{
    public static void Write(this PublishResult result, Utf8JsonWriter json, bool withChannel = false)
    {
        if (withChannel && result.Channel is { } channel)
        {
            json.WriteString("channel", channel.Value);
        }

        if (result.Fault is { } fault)
        {
            ApiProblem.Members(json, fault.Code, fault.Detail, fault.Field, fault.RetryAfter, fault.Outcome);
        }
        else if (result.Scheduled is { } scheduled)
        {
            json.WriteString("schedule", scheduled.Id);
            json.WriteNumber("at", scheduled.At);
        }
        else if (result.Position is { } position)
        {
            json.WriteString("position", position.ToString());
        }
        else
        {
            json.WriteNull("position");
        }
    }
}
