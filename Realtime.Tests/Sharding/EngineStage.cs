using Realtime.Cluster.Journal.Memory;

namespace Realtime.Tests.Sharding;

/// <summary>Engines on one store in memory, with wires between them.</summary>
public abstract class EngineStage : IAsyncLifetime
{
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly EngineRig _rig;

    protected EngineStage() => _rig = new EngineRig(_store);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected MemoryStore Store => _store;

    private protected EngineRig Rig => _rig;

    public async ValueTask InitializeAsync() => await _store.OpenAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
