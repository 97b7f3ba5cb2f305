using Realtime.Tests.Operations;

namespace Realtime.Tests.Api;

/// <summary>A node with an API key, for tests that keep apart by the names of their channels.</summary>
public sealed class ApiNode : IAsyncLifetime
{
    private OperatedApp? _app;

    internal OperatedApp App => _app ?? throw new InvalidOperationException("The node has not started.");

    public async ValueTask InitializeAsync() => _app = await OperatedApp.StartAsync("api", ApiCalls.Options);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
