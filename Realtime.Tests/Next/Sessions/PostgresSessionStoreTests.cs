using Realtime.Tests.Persistence;

namespace Realtime.Tests.Next.Sessions;

[Collection(NewRooms.Name)]
public sealed class PostgresSessionStoreTests : SessionStoreSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
