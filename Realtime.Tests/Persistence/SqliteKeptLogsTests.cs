namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class SqliteKeptLogsTests : KeptLogsSuite
{
    internal override EventStoreCase CreateCase() => new SqliteEventStoreCase();
}
