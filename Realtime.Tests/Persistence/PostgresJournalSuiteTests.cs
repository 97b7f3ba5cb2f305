
namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class PostgresJournalSuiteTests : JournalSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
