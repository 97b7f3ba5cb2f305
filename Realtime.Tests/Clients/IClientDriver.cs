using System.Text.Json;

namespace Realtime.Tests.Clients;

/// <summary>
/// One client of some language, driven by a scenario. Everything is plain data, so that the client may as well run in
/// another process or in a browser.
/// </summary>
public interface IClientDriver : IAsyncDisposable
{
    /// <summary>Connects; ends when the session is attached.</summary>
    Task ConnectAsync();

    /// <summary>Subscribes; ends when the server has confirmed it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="from"><c>live</c>, <c>start</c>, or a position.</param>
    /// <param name="presence">What others see of the session; null for nothing.</param>
    Task SubscribeAsync(string channel, string from, JsonElement? presence = null);

    /// <summary>Publishes exactly once; ends with the message's position.</summary>
    Task<string?> PublishAsync(string channel, JsonElement data);

    /// <summary>A page of a channel's log.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="from"><c>start</c>, a position, or null for the server's default.</param>
    /// <param name="limit">Most messages.</param>
    /// <param name="reverse">Newest first.</param>
    Task<DriverPage> HistoryAsync(string channel, string? from, int limit, bool reverse);

    /// <summary>What the members of a channel show of themselves.</summary>
    Task<IReadOnlyList<JsonElement>> PresenceAsync(string channel);

    /// <summary>Changes what others see of this session in a channel.</summary>
    Task UpdateAsync(string channel, JsonElement presence);

    /// <summary>Leaves a channel; ends when the server has confirmed it.</summary>
    Task UnsubscribeAsync(string channel);

    Task SetAsync(string key, JsonElement value);

    /// <summary>A value of the session's state as the last welcome told it; null when it is not there.</summary>
    Task<JsonElement?> StateAsync(string key);

    /// <summary>The next thing the channel's subscription yields.</summary>
    Task<DriverEvent> NextAsync(string channel);

    /// <summary>Ends when the client has been disconnected and connected again since the last call (or the first connect).</summary>
    Task ReconnectedAsync();

    /// <summary>Ends when the client is closed for good, with the reason's code.</summary>
    Task<string> ClosedAsync();

    /// <summary>Ends the session at once.</summary>
    Task CloseAsync();

    /// <summary>Another client that goes on as the same session from what this one remembers; not connected yet.</summary>
    Task<IClientDriver> SuccessorAsync();
}
