namespace Realtime.Tests.Journal;

public sealed class SqliteFenceTests() : FenceSuite(SqliteStoreCase.Shared());
