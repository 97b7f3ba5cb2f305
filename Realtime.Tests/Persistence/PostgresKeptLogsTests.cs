namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class PostgresKeptLogsTests : KeptLogsSuite
{
    internal override EventStoreCase CreateCase() => new PostgresEventStoreCase();
}
