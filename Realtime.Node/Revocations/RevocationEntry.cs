using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Revocations;

/// <summary>What the log of revocations keeps: one user or one session, and why. Its time is the message's.</summary>
internal sealed record RevocationEntry(UserId? User, SessionId? Session, string? Reason)
{
    public Payload ToPayload()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (User is { } user)
            {
                writer.WriteString("user"u8, user.Value);
            }

            if (Session is { } session)
            {
                writer.WriteString("session"u8, session.ToString());
            }

            if (Reason is not null)
            {
                writer.WriteString("reason"u8, Reason);
            }

            writer.WriteEndObject();
        }

        return new Payload(buffer.ToArray());
    }

    /// <returns>Null: a later version wrote something that this one does not know.</returns>
    public static RevocationEntry? Read(Payload payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload.Bytes);
            var user = Text(document.RootElement, "user");
            var session = SessionId.TryParse(Text(document.RootElement, "session"), out var id) ? id : (SessionId?)null;
            return user is null && session is null ? null : new RevocationEntry(user is null ? null : new UserId(user), session, Text(document.RootElement, "reason"));
        }
        catch (Exception unknown) when (unknown is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
