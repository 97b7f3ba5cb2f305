using Realtime.Tests.Persistence;

namespace Realtime.Tests.Sessions;

[Collection(ActorSystems.Name)]
public sealed class PostgresSessionStoreTests : SessionStoreSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
