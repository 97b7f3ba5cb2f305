namespace Realtime.Tests.EndToEnd;

/// <summary>
/// A node with the usual settings for the tests of a class that leave it as it is. They keep apart by the names of their channels; connections
/// of the test before may still be on their way out.
/// </summary>
public sealed class SharedNode : IAsyncLifetime
{
    private TestNode? _node;

    internal TestNode Node => _node ?? throw new InvalidOperationException("The node has not started.");

    internal Uri Url => Node.Url;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
