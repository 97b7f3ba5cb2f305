namespace Realtime.Tests.Journal;

public sealed class PostgresClusterStoreTests() : ClusterStoreSuite(new PostgresStoreCase());
