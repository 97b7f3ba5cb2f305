namespace Realtime.Tests.Journal;

public sealed class MemorySessionStoreTests() : SessionStoreSuite(new MemoryStoreCase());
