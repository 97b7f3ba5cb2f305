using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;

namespace Realtime.Tests.Journal;

internal sealed class MemoryStoreCase : StoreCase
{
    public override async Task StartAsync()
    {
        Store = new MemoryStore(Clock);
        Identity = await Store.OpenAsync(Cancellation);
    }

    public override Task ReopenAsync() => Task.CompletedTask;

    public override Task<IStore> SecondAsync() => Task.FromResult(Store);

    public override Task<IDisposable> HoldAsync() => Task.FromResult<IDisposable>(new MemoryStream());

    public override ValueTask DisposeAsync() => Store.DisposeAsync();
}
