
namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class SqliteJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase();
}
