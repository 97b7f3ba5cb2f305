namespace Realtime.Tests.Journal;

public sealed class PostgresJournalTests() : JournalSuite(new PostgresStoreCase());
