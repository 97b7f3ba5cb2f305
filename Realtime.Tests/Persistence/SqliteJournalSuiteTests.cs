using Realtime.Tests.Next;

namespace Realtime.Tests.Persistence;

[Collection(NewRooms.Name)]
public sealed class SqliteJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase();
}
