using System.Text.Json;

namespace Realtime.Tests.Clients.JavaScript;

/// <summary>The JavaScript client under a scenario, wherever it runs (<c>driver.mjs</c>).</summary>
internal abstract class JavaScriptDriver : IClientDriver
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    public Task ConnectAsync() => CallAsync("connect");

    public Task SubscribeAsync(string channel, string from, JsonElement? presence = null) => CallAsync("subscribe", channel, from, presence);

    public async Task<string?> PublishAsync(string channel, JsonElement data) => (await CallAsync("publish", channel, data)).GetString();

    public async Task<DriverPage> HistoryAsync(string channel, string? from, int limit, bool reverse) =>
        (await CallAsync("history", channel, from, limit, reverse)).Deserialize<DriverPage>(Names)!;

    public async Task<IReadOnlyList<JsonElement>> PresenceAsync(string channel) => [.. (await CallAsync("presence", channel)).EnumerateArray()];

    public Task UpdateAsync(string channel, JsonElement presence) => CallAsync("update", channel, presence);

    public Task UnsubscribeAsync(string channel) => CallAsync("unsubscribe", channel);

    public Task SetAsync(string key, JsonElement value) => CallAsync("set", key, value);

    public async Task<JsonElement?> StateAsync(string key) =>
        await CallAsync("state", key) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    public async Task<DriverEvent> NextAsync(string channel) => (await CallAsync("next", channel)).Deserialize<DriverEvent>(Names)!;

    public Task ReconnectedAsync() => CallAsync("reconnected");

    public async Task<string> ClosedAsync() => (await CallAsync("closed")).GetString()!;

    public Task CloseAsync() => CallAsync("close");

    public async Task<IClientDriver> SuccessorAsync() => await OpenAsync((await CallAsync("remember")).GetString()!);

    public abstract ValueTask DisposeAsync();

    /// <summary>Calls a method of the driver and returns what its promise is kept with.</summary>
    protected abstract Task<JsonElement> CallAsync(string method, params object?[] given);

    /// <summary>Another client beside this one.</summary>
    /// <param name="record">What it shall remember.</param>
    protected abstract Task<IClientDriver> OpenAsync(string record);
}
