using System.Text.Json;

namespace Realtime.Client.Core;

/// <summary>The options that concern the machine.</summary>
internal sealed record ClientSettings
{
    public required Uri Url { get; init; }

    public required string Producer { get; init; }

    public string? Token { get; init; }

    public bool HasTokenProvider { get; init; }

    public ClientMemory Memory { get; init; } = new();

    public JsonElement? HelloData { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public int QueueLimit { get; init; } = 10_000;

    public string ClientName { get; init; } = "Realtime.Client";

    public string ClientVersion { get; init; } = "0";
}
