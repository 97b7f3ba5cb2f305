namespace Realtime.Tests.Persistence;

public sealed class MemoryJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase(memory: true);
}
