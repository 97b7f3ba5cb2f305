using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging;
using Npgsql;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;
using Realtime.Node.Persistence;
using Realtime.Node.Sessions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>Keys of resume tokens in their log.</summary>
[Collection(ActorSystems.Name)]
public sealed class ResumeKeysTests() : TestKit(ConfigurationFactory.ParseString(
    TestHocon.Silent + """
    akka.persistence.journal {
      plugin = "akka.persistence.journal.test"
      test.class = "Akka.Persistence.TestKit.TestJournal, Akka.Persistence.TestKit"
    }
    """))
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly CollectedLog _log = new();

    [Fact]
    public async Task The_first_node_makes_a_key_and_every_later_one_reads_it()
    {
        var first = await ReadAsync(1);
        var again = await ReadAsync(1);
        var other = await ReadAsync(2);

        first.ShouldHaveSingleItem().Value.Length.ShouldBe(ResumeKeys.KeyBytes);
        again[1].ShouldBe(first[1]);
        other[1].ShouldBe(first[1]);
        var session = new SessionId(5);
        new ResumeTokens(other).TryVerify(new ResumeTokens(first).Issue(session), out var verified).ShouldBeTrue();
        verified.ShouldBe(session);
    }

    [Fact]
    public async Task A_store_that_refuses_the_first_write_gets_one_key_all_the_same()
    {
        var journal = TestJournal.FromRef(Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null));
        await journal.OnWrite.Fail();
        var reading = ReadAsync(1);
        await AwaitConditionAsync(() => Task.FromResult(!reading.IsCompleted), Deadline);
        await journal.OnWrite.Pass();

        var keys = await reading.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        (await ReadAsync(1))[1].ShouldBe(keys[1]);
    }

    [Fact]
    public async Task Of_two_nodes_that_start_at_once_both_end_with_the_same_key()
    {
        var journal = TestJournal.FromRef(Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null));
        var once = new FailOnce();
        await journal.OnWrite.SetInterceptorAsync(once);

        // The first one has found no key when the other one writes its own.
        var first = ReadAsync(1);
        await once.Failed.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        var second = await ReadAsync(2);

        (await first.WaitAsync(Deadline, TestContext.Current.CancellationToken))[1].ShouldBe(second[1]);
        _log.Lines.ShouldNotBeEmpty();
        _log.Lines.Where(line => line.Level > LogLevel.Debug).ShouldBeEmpty("the first start of several nodes is nothing to worry about");
    }

    private Task<IReadOnlyDictionary<byte, byte[]>> ReadAsync(long writer) => ResumeKeys.ReadOrCreateAsync(
        Sys,
        new EventLogSettings(LogKind.Keys, new Incarnation(writer), new Store(), new Lease()) { Log = new PersistenceLogging(_log.CreateLogger("keys")) },
        TestContext.Current.CancellationToken);

    private sealed class FailOnce : IJournalInterceptor
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Failed => _failed.Task;

        public Task InterceptAsync(IPersistentRepresentation message) =>
            _failed.TrySetResult()
                ? Task.FromException(new PostgresException("another node has this number", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation))
                : Task.CompletedTask;
    }

    private sealed class Store : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class Lease : IWriterLease
    {
        public bool IsHeld => true;
    }
}
