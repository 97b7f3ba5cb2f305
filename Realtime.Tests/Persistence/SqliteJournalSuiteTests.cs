namespace Realtime.Tests.Persistence;

public sealed class SqliteJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase();
}
