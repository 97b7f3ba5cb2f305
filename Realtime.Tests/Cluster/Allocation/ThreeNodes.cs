namespace Realtime.Tests.Cluster.Allocation;

/// <summary>Three nodes in balance, which each test leaves as it found them.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private ShardedNodes? _nodes;

    internal ShardedNodes Nodes => _nodes ?? throw new InvalidOperationException("They are not started.");

    public async ValueTask InitializeAsync() => _nodes = await ShardedNodes.StartAsync(3);

    public async ValueTask DisposeAsync()
    {
        if (_nodes is { } nodes)
        {
            await nodes.DisposeAsync();
        }
    }
}
