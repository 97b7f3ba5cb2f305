using System.Net.Sockets;
using Akka.Pattern;
using Microsoft.Data.Sqlite;
using Npgsql;
using Realtime.Node.Persistence.Store;

namespace Realtime.Tests.Persistence;

public sealed class StoreFailuresTests
{
    [Theory]
    [InlineData("53100", StoreFailureKind.StorageFull, false)]
    [InlineData("23505", StoreFailureKind.UniqueViolation, true)]
    [InlineData("40P01", StoreFailureKind.Passing, true)]
    [InlineData("40001", StoreFailureKind.Passing, true)]
    [InlineData("55P03", StoreFailureKind.OutOfReach, false)]
    [InlineData("57P01", StoreFailureKind.OutOfReach, false)]
    [InlineData("57014", StoreFailureKind.OutOfReach, false)]
    [InlineData("08006", StoreFailureKind.OutOfReach, false)]
    [InlineData("25006", StoreFailureKind.OutOfReach, false)]
    [InlineData("22021", StoreFailureKind.Other, false)]
    internal void PostgreSQLs_states_mean(string state, StoreFailureKind kind, bool isRolledBackForOne)
    {
        var failure = new PostgresException("no", "ERROR", "ERROR", state);

        StoreFailures.KindOf(failure).ShouldBe(kind);
        StoreFailures.IsRolledBackForOne(failure).ShouldBe(isRolledBackForOne);
        StoreFailures.IsRolledBackForOne(new PostgresException("no", "FATAL", "FATAL", state)).ShouldBeFalse("it may have come after the commit");
        StoreFailures.IsRolledBackForOne(new AggregateException("no roll-back", new NpgsqlException(), failure)).ShouldBeFalse();
        StoreFailures.KindOf(new AggregateException("no roll-back", new NpgsqlException(), failure)).ShouldBe(kind);
    }

    [Theory]
    [InlineData(13, 13, StoreFailureKind.StorageFull, false)]
    [InlineData(19, 2067, StoreFailureKind.UniqueViolation, true)]
    [InlineData(19, 1555, StoreFailureKind.UniqueViolation, true)]
    [InlineData(19, 1299, StoreFailureKind.Other, false)]
    [InlineData(5, 5, StoreFailureKind.OutOfReach, false)]
    [InlineData(10, 10, StoreFailureKind.OutOfReach, false)]
    [InlineData(10, 778, StoreFailureKind.OutOfReach, false)]
    [InlineData(11, 11, StoreFailureKind.Other, false)]
    internal void SQLites_codes_mean(int code, int extended, StoreFailureKind kind, bool isRolledBackForOne)
    {
        var failure = new SqliteException("no", code, extended);

        StoreFailures.KindOf(failure).ShouldBe(kind);
        StoreFailures.IsRolledBackForOne(failure).ShouldBe(isRolledBackForOne);
    }

    [Fact]
    public void A_full_store_is_certain_to_have_written_nothing_unless_it_gave_up_itself()
    {
        Exception Full(string severity) => new PostgresException("no", severity, severity, "53100");

        StoreFailures.IsCertainlyFull(new SqliteException("no", 13, 13)).ShouldBeTrue();
        StoreFailures.IsCertainlyFull(Full("ERROR")).ShouldBeTrue();
        StoreFailures.IsCertainlyFull(new AggregateException(new NpgsqlException(), Full("ERROR"))).ShouldBeTrue("an error is never committed");
        StoreFailures.IsCertainlyFull(Full("PANIC")).ShouldBeFalse("the commit may be in the write-ahead log");
        StoreFailures.IsCertainlyFull(new SqliteException("no", 10, 10)).ShouldBeFalse("the commit may be in the write-ahead log");
        StoreFailures.IsCertainlyFull(new OpenCircuitException("open", Full("ERROR"))).ShouldBeTrue("it was not even tried");
    }

    [Fact]
    public void A_failure_is_what_the_database_said_without_its_wrapping_and_its_full_stop()
    {
        const string Full = "SQLite Error 13: 'database or disk is full'";
        var failure = new SqliteException(Full + ".", 13, 13);

        StoreFailures.TextOf(failure).ShouldBe(Full);
        StoreFailures.TextOf(new AggregateException(new InvalidOperationException("no roll-back"), failure)).ShouldBe(Full);
        StoreFailures.TextOf(new InvalidOperationException("the insert failed", failure)).ShouldBe(Full);
        StoreFailures.TextOf(new OpenCircuitException("open", new AggregateException(failure))).ShouldBe(Full);
        StoreFailures.TextOf(new TimeoutException("no answer\nwithin 5 s..")).ShouldBe("no answer within 5 s");
    }

    [Fact]
    public void What_does_not_answer_is_out_of_reach()
    {
        Exception[] failures =
        [
            new TimeoutException(), new SocketException(), new IOException(), new NpgsqlException(), new OperationCanceledException(), new OpenCircuitException("open"),
        ];

        failures.ShouldAllBe(failure => StoreFailures.KindOf(failure) == StoreFailureKind.OutOfReach);
        StoreFailures.KindOf(new InvalidOperationException()).ShouldBe(StoreFailureKind.Other);
    }
}
