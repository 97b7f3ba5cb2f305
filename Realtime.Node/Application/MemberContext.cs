using System.Text.Json;
using Realtime.Node.Events;

namespace Realtime.Node.Application;

/// <summary>A session has become present on a channel, says something else of itself there, or is not present any more.</summary>
/// <param name="Id">The same each time that this event is delivered; no other event has it.</param>
/// <param name="At">When it was written down.</param>
/// <param name="Session">Public id of the session.</param>
/// <param name="User">Null: nobody has said who it is.</param>
/// <param name="Data">What it says of itself, or said last; null when that is bytes.</param>
/// <param name="Bytes">What it says of itself when it is no JSON.</param>
public sealed record MemberContext(
    EventKind Kind, string Id, DateTimeOffset At, string Channel, string Session, string? User, JsonElement? Data, ReadOnlyMemory<byte>? Bytes);
