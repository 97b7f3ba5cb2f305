namespace Realtime.Tests.Journal;

public sealed class SqliteClusterStoreTests() : ClusterStoreSuite(SqliteStoreCase.Shared());
