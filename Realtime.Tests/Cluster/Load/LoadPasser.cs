using System.Globalization;
using System.Text.Json;
using Realtime.Client;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Load;

/// <summary>Somebody who comes into the room for a moment, again and again and each time as somebody else: half of the time it says goodbye, half of the time it is just gone.</summary>
internal sealed class LoadPasser(string name, Func<string, WatchedConnector, RealtimeClient> make, RunHistory history, string room, Random random)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                await PassAsync(string.Create(CultureInfo.InvariantCulture, $"{name}.{i}"), stop);
                await Task.Delay(TimeSpan.FromSeconds(2 * random.NextDouble()), TimeProvider.System, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody comes any more.
        }
    }

    private async Task PassAsync(string visitor, CancellationToken stop)
    {
        var connector = new WatchedConnector(visitor, history);
        var client = make(visitor, connector);
        var subscription = client.Subscribe(room, new SubscribeOptions { Presence = JsonSerializer.SerializeToElement(visitor) });
        try
        {
            await subscription.Ready.WaitAsync(Patience, TimeProvider.System, stop);
            await Task.Delay(TimeSpan.FromSeconds(0.5 + (2 * random.NextDouble())), TimeProvider.System, stop);
        }
        catch (TimeoutException)
        {
            // It could not come in, and goes: perhaps others see it already.
        }
        finally
        {
            // Without a word its time begins when it was last heard; whoever says goodbye may be gone at once, if the word arrives.
            var says = random.Next(2) == 0;
            var from = says ? history.Now : connector.Heard ?? history.Now;
            if (says)
            {
                await client.CloseAsync().WaitAsync(Patience, TimeProvider.System, CancellationToken.None).ContinueWith(static _ => { }, TaskScheduler.Default);
            }

            await client.DisposeAsync();
            history.Away(new Absence(visitor, from, null, says, history.Now));
        }
    }
}
