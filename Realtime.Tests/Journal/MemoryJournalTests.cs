namespace Realtime.Tests.Journal;

public sealed class MemoryJournalTests() : JournalSuite(new MemoryStoreCase());
