namespace Realtime.Tests.Journal;

public sealed class SqliteJournalTests() : JournalSuite(new SqliteStoreCase());
