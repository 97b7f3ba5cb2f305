namespace Realtime.Tests.Events;

[Collection(ActorSystems.Name)]
public sealed class PostgresEventReportTests : EventReportSuite
{
    internal override ValueTask<StoreOfReports> CreateStoreAsync() => StoreOfReports.PostgresAsync();
}
