using System.Text.Json;

namespace Realtime.Client.Protocol;

/// <summary>What the first frame of a link says.</summary>
internal sealed record Hello(
    long Id,
    long Attempt,
    string? Token,
    string? Session,
    string Producer,
    string ClientName,
    string ClientVersion,
    JsonElement? Data,
    IReadOnlyCollection<KeyValuePair<string, Position>> Positions);
