using System.Globalization;
using Realtime.Client;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>Publishes over the real client, up to eight at a time, and remembers what became of each.</summary>
internal sealed class LoadPublisher(string name, bool exactlyOnce, RealtimeClient client, RunHistory history, IReadOnlyList<string> channels, TimeSpan pace, Random random)
{
    private const int InFlight = 8;
    private readonly SemaphoreSlim _slots = new(InFlight);
    private readonly List<Task> _open = [];

    public RealtimeClient Client => client;

    /// <summary>Until cancelled; then ends when every publish is answered, or at the deadline.</summary>
    public async Task RunAsync(TimeSpan patience, CancellationToken stop)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                await _slots.WaitAsync(stop);
                _open.RemoveAll(task => task.IsCompleted);
                _open.Add(PublishAsync(i));
                await Task.Delay(pace * (2 * random.NextDouble()), TimeProvider.System, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over; what is under way is waited for.
        }

        try
        {
            await Task.WhenAll(_open).WaitAsync(patience, TimeProvider.System, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // The history has them as pending, and the checker says so.
        }
    }

    private async Task PublishAsync(int number)
    {
        var channel = channels[random.Next(channels.Count)];
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        var publication = history.Invoke(name, channel, id, exactlyOnce);
        var (via, begun) = (client.Node, TimeProvider.System.GetUtcNow());
        try
        {
            var position = await client.PublishAsync(channel, id, new PublishOptions { ExactlyOnce = exactlyOnce });
            if (position is { } place)
            {
                publication.Acknowledged(history.Now, place.Epoch, place.Offset).Over(via, client.Node);
            }
            else
            {
                history.Trouble($"{publication} was answered without a position");
            }
        }
        catch (RealtimeException e)
        {
            publication.Failed(history.Now, e.Outcome == Outcome.None, e.Code);
        }
        finally
        {
            publication.During(begun, TimeProvider.System.GetUtcNow());
            _slots.Release();
        }
    }
}
