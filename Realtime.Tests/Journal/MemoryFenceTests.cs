namespace Realtime.Tests.Journal;

public sealed class MemoryFenceTests() : FenceSuite(new MemoryStoreCase());
