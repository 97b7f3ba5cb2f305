using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Serialized;

/// <summary>A client for each node, all in the same channels, who do whatever clients do.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    /// <summary>Of a publish while shards move. How soon one has to be answered is for the tests of faults to say.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    public const string Room = "room:all";
    private const string Cursor = "cursor:all";

    /// <summary>So many that each node owns some.</summary>
    private static readonly string[] Kept = [.. Enumerable.Range(0, 8).SelectMany(i => new[] { $"default:{i}", $"mem:{i}" }), Room];

    private readonly List<RealtimeClient> _clients = [];
    private readonly List<ConcurrentDictionary<string, bool>> _heard = [];
    private readonly List<RealtimeSubscription> _rooms = [];
    private readonly List<string> _said = [];
    private int _round;

    public IReadOnlyList<RealtimeClient> Clients => _clients;

    /// <summary>Of all members of the room.</summary>
    public IReadOnlyList<string> Sessions => [.. _rooms[0].Members.Values.Select(member => member.Session)];

    public static async Task<Conversation> BeginAsync(params IReadOnlyList<SerializedNode> nodes)
    {
        var conversation = new Conversation();
        foreach (var node in nodes)
        {
            await conversation.JoinAsync(node);
        }

        await conversation.KnowsEverybodyAsync();
        return conversation;
    }

    /// <summary>Everybody publishes everywhere, and everybody hears everything.</summary>
    public async Task TalkAsync()
    {
        var round = ++_round;
        foreach (var (client, number) in _clients.Select((client, number) => (client, number)))
        {
            await client.PublishAsync(Cursor, "x").Within("a publish that is not kept");
            foreach (var channel in Kept)
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{channel} {round} {number}");
                try
                {
                    await client.PublishAsync(channel, text).WaitAsync(Longest, TimeProvider.System);
                }
                catch (TimeoutException)
                {
                    throw new TimeoutException($"client {number} on {client.Node} waited {Longest.TotalSeconds} s for its publish on {channel} in round {round}");
                }

                _said.Add(text);
            }
        }

        for (var number = 0; number < _clients.Count; number++)
        {
            var heard = _heard[number];
            await Soon.IsTrueAsync(() => _said.TrueForAll(heard.ContainsKey), $"client {number} to hear everything of round {round}; it misses {_said.Find(text => !heard.ContainsKey(text))}");
        }
    }

    /// <summary>What is asked of the session, of channels, and of who is there.</summary>
    public async Task AskAsync()
    {
        foreach (var (client, number) in _clients.Select((client, number) => (client, number)))
        {
            await client.SetAsync("place", number).Within("a state to be kept");
            (await client.HistoryAsync("default:1").Within("a page of history")).Messages.ShouldNotBeEmpty();
            (await client.HistoryAsync("mem:1").Within("a page of memory")).Messages.ShouldNotBeEmpty();
            (await client.PresenceAsync(Room).Within("who is there")).Count.ShouldBe(_clients.Count);
            await client.UpdatePresenceAsync(Room, $"again {number}").Within("a presence to be changed");
            await client.Subscribe("default:once", new SubscribeOptions { From = From.Start }).Ready.Within("a subscription");
            await client.UnsubscribeAsync("default:once").Within("its end");
        }

        await Soon.IsTrueAsync(
            () => _rooms.TrueForAll(room => room.Members.Values.All(member => member.Data?.GetString()?.StartsWith("again", StringComparison.Ordinal) == true)), "everybody to see what has changed");
    }

    /// <summary>Everybody is away for a moment.</summary>
    public async Task ReconnectAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisconnectAsync().Within("a client to disconnect");
            await client.ConnectAsync().Within("a client to connect again");
        }
    }

    public Task KnowsEverybodyAsync() => Soon.IsTrueAsync(() => _rooms.TrueForAll(room => room.Members.Count == _clients.Count), "everybody to see everybody");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private async Task JoinAsync(SerializedNode node)
    {
        var client = await node.ConnectAsync();
        var heard = new ConcurrentDictionary<string, bool>();
        _clients.Add(client);
        _heard.Add(heard);
        foreach (var channel in Kept.Append(Cursor))
        {
            var subscription = client.Subscribe(channel, new SubscribeOptions { Presence = channel == Room ? JsonSerializer.SerializeToElement(node.Name) : null });
            if (channel == Room)
            {
                _rooms.Add(subscription);
            }

            await subscription.Ready.Within($"a subscription of {channel}");
            _ = HearAsync(subscription, heard);
        }
    }

    private static async Task HearAsync(RealtimeSubscription subscription, ConcurrentDictionary<string, bool> heard)
    {
        try
        {
            await foreach (var item in subscription.ReadAllAsync())
            {
                if (item is ChannelEvent.Message message)
                {
                    heard.TryAdd(message.Data?.GetString() ?? "", true);
                }
            }
        }
        catch (RealtimeException e) when (e.Code == ErrorCodes.Closed)
        {
            // The conversation is over.
        }
    }
}
