using Microsoft.Extensions.Hosting;

namespace Realtime.Node.Hosting;

/// <summary>Ends the process because an operator said so: as a first SIGTERM does, and signals still hurry it.</summary>
internal sealed class NodeDeparture(NodeShutdown shutdown, IHostApplicationLifetime host)
{
    private int _begun;

    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _ = LeaveAsync();
        }
    }

    /// <summary>Nothing in here throws: <see cref="NodeShutdown.DrainAsync"/> reports its own faults.</summary>
    private async Task LeaveAsync()
    {
        // The operator's answer goes out first.
        await Task.Yield();
        await shutdown.DrainAsync(CancellationToken.None);
        host.StopApplication();
    }
}
