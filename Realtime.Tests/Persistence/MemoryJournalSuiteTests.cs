
namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class MemoryJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase(memory: true);
}
