namespace Realtime.Tests.Events;

[Collection(ActorSystems.Name)]
public sealed class SqliteEventReportTests : EventReportSuite
{
    internal override ValueTask<StoreOfReports> CreateStoreAsync() => StoreOfReports.SqliteAsync();
}
