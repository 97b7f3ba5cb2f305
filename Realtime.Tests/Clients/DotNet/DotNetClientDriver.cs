using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Realtime.Client;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>The C# client under a scenario.</summary>
public sealed class DotNetClientDriver : IClientDriver
{
    private readonly Uri _url;
    private readonly RealtimeClient _client;
    private readonly ConcurrentDictionary<string, IAsyncEnumerator<ChannelEvent>> _readers = [];
    private readonly Channel<ClientState> _states = Channel.CreateUnbounded<ClientState>();

    public DotNetClientDriver(Uri url, ClientMemory? memory = null)
    {
        _url = url;
        _client = new RealtimeClient(new RealtimeClientOptions { Url = url, Memory = memory });
        _client.StateChanged += notice => _states.Writer.TryWrite(notice.State);
    }

    public async Task ConnectAsync()
    {
        await _client.ConnectAsync();
        await SeeAsync(ClientState.Connected);
    }

    public async Task SubscribeAsync(string channel, string from, JsonElement? presence = null)
    {
        var subscription = _client.Subscribe(channel, new SubscribeOptions
        {
            From = Place(from),
            Presence = presence,
        });
        _readers.GetOrAdd(channel, _ => subscription.ReadAllAsync().GetAsyncEnumerator());
        await subscription.Ready;
    }

    public async Task<string?> PublishAsync(string channel, JsonElement data) => (await _client.PublishAsync(channel, data))?.ToString();

    public async Task<DriverPage> HistoryAsync(string channel, string? from, int limit, bool reverse)
    {
        var page = await _client.HistoryAsync(
            channel, new HistoryOptions { From = from is null ? null : Place(from), Limit = limit, Reverse = reverse });
        return new DriverPage([.. page.Messages.Select(message => message.Data!.Value)], page.Position?.ToString(), page.More);
    }

    public async Task<IReadOnlyList<JsonElement>> PresenceAsync(string channel) =>
        Shown((await _client.PresenceAsync(channel)).Members);

    public Task UpdateAsync(string channel, JsonElement presence) => _client.UpdatePresenceAsync(channel, presence);

    public Task UnsubscribeAsync(string channel) => _client.UnsubscribeAsync(channel);

    public Task SetAsync(string key, JsonElement value) => _client.SetAsync(key, value);

    public Task<JsonElement?> StateAsync(string key) =>
        Task.FromResult<JsonElement?>(_client.SessionState.TryGetValue(key, out var value) ? value : null);

    public async Task<DriverEvent> NextAsync(string channel)
    {
        var reader = _readers[channel];
        while (await reader.MoveNextAsync())
        {
            switch (reader.Current)
            {
                case ChannelEvent.Message message:
                    return new DriverEvent("message", message.Position?.ToString(), message.Data, null, []);
                case ChannelEvent.Gap gap:
                    return new DriverEvent("gap", gap.Position?.ToString(), null, gap.Reason, []);
                case ChannelEvent.Joined joined:
                    return new DriverEvent("joined", null, null, null, Shown(joined.Members));
                case ChannelEvent.Left left:
                    return new DriverEvent("left", null, null, null, Shown(left.Members));
                case ChannelEvent.Changed changed:
                    return new DriverEvent("changed", null, null, null, Shown(changed.Members));
                case ChannelEvent.Roster roster:
                    return new DriverEvent("roster", null, null, null, Shown(roster.Members));
            }
        }

        throw new InvalidOperationException($"The subscription of {channel} has ended.");
    }

    public Task ReconnectedAsync() => SeeAsync(ClientState.Connected);

    public async Task<string> ClosedAsync()
    {
        await SeeAsync(ClientState.Closed);
        var fault = await Should.ThrowAsync<RealtimeException>(() => _client.ConnectAsync());
        return fault.Code;
    }

    public Task CloseAsync() => _client.CloseAsync();

    public Task<IClientDriver> SuccessorAsync() => Task.FromResult<IClientDriver>(new DotNetClientDriver(_url, _client.Export()));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static From Place(string from) => from switch
    {
        "live" => From.Live,
        "start" => From.Start,
        _ => From.Position(from),
    };

    private static IReadOnlyList<JsonElement> Shown(IEnumerable<Member> members) =>
        [.. members.Where(member => member.Data is not null).Select(member => member.Data!.Value)];

    private async Task SeeAsync(ClientState wanted)
    {
        while (await _states.Reader.ReadAsync() != wanted)
        {
        }
    }
}
