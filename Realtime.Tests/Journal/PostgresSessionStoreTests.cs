namespace Realtime.Tests.Journal;

public sealed class PostgresSessionStoreTests() : SessionStoreSuite(new PostgresStoreCase());
