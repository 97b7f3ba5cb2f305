using System.Diagnostics;
using Realtime.Client;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Load;

/// <summary>When all has healed: how long it takes until every channel takes a publish, of a client that comes now and of no node in particular.</summary>
internal static class EntityProbe
{
    public static async Task RunAsync(ClusterStage stage, RunHistory history, Stopwatch healed)
    {
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = stage.Url, ConnectTimeout = TimeSpan.FromSeconds(3), Connector = new WatchedConnector("probe", history) });
        await Task.WhenAll(history.Channels.Keys.Select(ReachAsync));

        async Task ReachAsync(string channel)
        {
            var publication = history.Invoke("probe", channel, $"probe-{channel}", exactlyOnce: true);
            try
            {
                var position = await client.PublishAsync(channel, publication.Id).WaitAsync(ClusterLoad.Patience, TimeProvider.System);
                publication.Acknowledged(history.Now, position!.Value.Epoch, position.Value.Offset).Over(null, client.Node);
                history.Probed(new Probe(channel, healed.Elapsed));
            }
            catch (RealtimeException e)
            {
                publication.Failed(history.Now, e.Outcome == Outcome.None, e.Code);
                history.Probed(new Probe(channel, null));
            }
            catch (TimeoutException)
            {
                history.Probed(new Probe(channel, null));
            }
        }
    }
}
