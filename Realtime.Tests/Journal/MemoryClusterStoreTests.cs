namespace Realtime.Tests.Journal;

public sealed class MemoryClusterStoreTests() : ClusterStoreSuite(new MemoryStoreCase());
