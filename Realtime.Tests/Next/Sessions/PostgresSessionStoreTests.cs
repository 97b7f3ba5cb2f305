using Realtime.Tests.Persistence;

namespace Realtime.Tests.Next.Sessions;

public sealed class PostgresSessionStoreTests : SessionStoreSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
