using Realtime.Tests.Persistence;

namespace Realtime.Tests.Sessions;

[Collection(ActorSystems.Name)]
public sealed class MemorySessionStoreTests : SessionStoreSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase(memory: true);
}
