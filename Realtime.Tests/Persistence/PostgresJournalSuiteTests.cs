namespace Realtime.Tests.Persistence;

public sealed class PostgresJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
