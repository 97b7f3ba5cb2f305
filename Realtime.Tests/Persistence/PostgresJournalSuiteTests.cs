using Realtime.Tests.Next;

namespace Realtime.Tests.Persistence;

[Collection(NewRooms.Name)]
public sealed class PostgresJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
