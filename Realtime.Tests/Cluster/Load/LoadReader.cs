using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>Subscribes over the real client, comes, goes and reconnects as it likes, and remembers what it was given.</summary>
internal sealed class LoadReader(string name, RealtimeClient client, RunHistory history, LoadOptions options, TimeSpan slowness, Random random)
{
    private readonly Dictionary<string, (ReaderStream Stream, Task Reading)> _open = [];

    public string Name => name;

    public RealtimeClient Client => client;

    /// <summary>Who is in the room, by the names readers show, as far as this one was told.</summary>
    public IReadOnlyList<string> Room => client.Subscriptions.FirstOrDefault(subscription => subscription.Channel == options.Room) is { } room
        ? [.. room.Members.Values.Select(member => member.Data?.GetString() ?? "?").Order(StringComparer.Ordinal)]
        : [];

    public async Task RunAsync(CancellationToken stop)
    {
        Join(options.Room);
        var channels = options.Channels.Keys.Where(channel => channel != options.Room).ToArray();
        foreach (var channel in channels.OrderBy(_ => random.Next()).Take(options.ChannelsPerReader))
        {
            Join(channel);
        }

        try
        {
            while (true)
            {
                await Task.Delay((options.Restlessness ?? TimeSpan.FromDays(1)) * (2 * random.NextDouble()), TimeProvider.System, stop);
                await FidgetAsync(channels);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // From now on it only listens.
        }
    }

    private async Task FidgetAsync(IReadOnlyList<string> channels)
    {
        switch (random.Next(4))
        {
            case 0:
                history.Note(name, "disconnects");
                await client.DisconnectAsync();
                // Until it is connected again it may take as long as a fault lasts; nobody waits for that here.
                _ = ReconnectAsync();
                break;
            case 1 when _open.Count > 1:
                var leave = _open.Keys.Where(channel => channel != options.Room).OrderBy(_ => random.Next()).First();
                var (stream, reading) = _open[leave];
                _open.Remove(leave);
                stream.Stop();
                _ = LeaveAsync(leave);
                await reading;
                break;
            default:
                if (channels.Where(channel => !_open.ContainsKey(channel)).OrderBy(_ => random.Next()).FirstOrDefault() is { } free && _open.Count <= options.ChannelsPerReader)
                {
                    Join(free);
                }

                break;
        }
    }

    private async Task ReconnectAsync()
    {
        try
        {
            await client.ConnectAsync();
        }
        catch (RealtimeException e) when (e.Code == ErrorCodes.Closed)
        {
            // The run ended first.
        }
        catch (RealtimeException e)
        {
            history.Trouble($"{name} cannot connect any more: {e.Message}");
        }
    }

    private async Task LeaveAsync(string channel)
    {
        try
        {
            await client.UnsubscribeAsync(channel);
        }
        catch (RealtimeException)
        {
            // The connection broke before the answer: the next one does not subscribe to it again.
        }
    }

    private void Join(string channel)
    {
        var stream = history.Open(name, channel);
        var subscription = client.Subscribe(channel, new SubscribeOptions
        {
            From = random.Next(3) == 0 ? From.Start : From.Live,
            Presence = channel == options.Room ? JsonSerializer.SerializeToElement(name) : null,
        });
        _open[channel] = (stream, ReadAsync(subscription, stream));
    }

    private async Task ReadAsync(RealtimeSubscription subscription, ReaderStream stream)
    {
        try
        {
            await foreach (var item in subscription.ReadAllAsync())
            {
                switch (item)
                {
                    case ChannelEvent.Message { Position: { } at } message:
                        stream.Add(new StreamEvent.Message(at.Epoch, at.Offset, message.Data?.GetString() ?? "null"));
                        break;
                    case ChannelEvent.Gap { Position: { } on } gap:
                        stream.Add(new StreamEvent.Gap(gap.Reason, gap.First, gap.Last, on.Epoch, on.Offset));
                        break;
                    case ChannelEvent.Subscribed { Position: { } from } subscribed:
                        stream.Add(new StreamEvent.Subscribed(from.Epoch, from.Offset, subscribed.Recovered));
                        break;
                    case ChannelEvent.Message or ChannelEvent.Gap or ChannelEvent.Subscribed:
                        history.Trouble($"{stream} was given {item} without a position");
                        break;
                }

                if (slowness > TimeSpan.Zero && random.Next(20) == 0)
                {
                    await Task.Delay(slowness, TimeProvider.System);
                }
            }
        }
        catch (RealtimeException e) when (e.Code == ErrorCodes.Closed)
        {
            // The run is over.
        }
        catch (RealtimeException e)
        {
            history.Trouble($"{stream} ended: {e.Message}");
            stream.Stop();
        }
    }
}
