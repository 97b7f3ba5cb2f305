namespace Realtime.Tests.Journal;

public sealed class SqliteSessionStoreTests() : SessionStoreSuite(new SqliteStoreCase());
