using Realtime.Tests.Persistence;

namespace Realtime.Tests.Next.Sessions;

[Collection(NewRooms.Name)]
public sealed class SqliteSessionStoreTests : SessionStoreSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase();
}
