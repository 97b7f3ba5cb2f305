using System.Reflection;
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

    /// <summary>The time of day when the client was made: its hellos count from there, so that one that has forgotten its count is ahead of it all the same.</summary>
    public DateTimeOffset Born { get; init; } = DateTimeOffset.UnixEpoch;

    public JsonElement? HelloData { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public int QueueLimit { get; init; } = 10_000;

    public string ClientName { get; init; } = "Realtime.Client";

    public string ClientVersion { get; init; } = "0";

    public static ClientSettings Of(RealtimeClientOptions options, string producer) => new()
    {
        Url = options.Url,
        Producer = producer,
        Token = options.Token,
        HasTokenProvider = options.TokenProvider is not null,
        Memory = options.Memory is null ? new ClientMemory() : options.Memory with
        {
            // A producer that starts anew counts anew.
            NextSequence = options.Memory.Producer is null ? 1 : options.Memory.NextSequence,
        },
        HelloData = options.HelloData,
        ConnectTimeout = options.ConnectTimeout,
        QueueLimit = options.QueueLimit,
        ClientName = options.ClientName,
        ClientVersion = typeof(ClientSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
    };
}
