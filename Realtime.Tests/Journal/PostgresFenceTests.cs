namespace Realtime.Tests.Journal;

public sealed class PostgresFenceTests() : FenceSuite(new PostgresStoreCase());
