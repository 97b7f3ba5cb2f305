using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.StoreChild;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A process that writes as fast as it can is killed, again and again, on the same store.</summary>
public sealed class KilledStoreTests
{
    private const int Kills = 5;
    private readonly Dictionary<string, List<(long Through, long Life)>> _acknowledged = [];
    private readonly Dictionary<string, (long Head, long Tail)> _left = [];
    private long _deleted;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_acknowledged_before_a_kill_is_in_the_file_once_and_the_logs_go_on(int seed)
    {
        var folder = Directory.CreateTempSubdirectory("realtime-killed-");
        var file = Path.Combine(folder.FullName, "events.db");
        try
        {
            await RunAsync(
                new Random(seed),
                () => KilledChild.Start("sqlite", file),
                child => child.UntilAsync(() => File.Exists(file), "the child to make its file"),
                () => new SqliteEventStore(new SqliteEventStoreOptions(file)),
                () => Task.CompletedTask);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_in_the_database_once_and_the_logs_go_on()
    {
        await using var database = new PostgresEventStoreCase();
        await database.PrepareAsync();
        await RunAsync(
            new Random(3),
            () => KilledChild.Start("postgres", database.Options.Connection),
            _ => Soon.IsTrueAsync(async () => await SessionsAsync() > 0, "the child to connect"),
            () => database.Open(),
            () => Soon.IsTrueAsync(async () => await SessionsAsync() == 0, "the server to end what was under way"));

        async Task<long> SessionsAsync() => (long)(await database.Server.ScalarAsync(
            "postgres", $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Database}'"))!;
    }

    /// <param name="begun">Waits until the child has begun to make the store.</param>
    /// <param name="ended">Waits until nothing of a killed child is under way any more.</param>
    private async Task RunAsync(
        Random random, Func<KilledChild> start, Func<KilledChild, Task> begun, Func<EventStore> open, Func<Task> ended)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var child = start();

            // While the store is just being made, in the first commits, or well under way with snapshots and trims.
            await (kill == 0 ? begun(child) : child.UntilAcknowledgedAsync(random.Next(1, kill % 2 == 0 ? 40 : 3_000)));
            await child.KillAsync();
            await ended();
            await CheckAsync(child, open);
        }

        await using var last = start();
        await last.UntilAcknowledgedAsync(2_000);
        await last.StopAsync();
        await CheckAsync(last, open);
        _deleted.ShouldBeGreaterThan(0, "logs were trimmed");
        _acknowledged.Count.ShouldBe(Workload.Channels + Workload.Sessions, $"every writer had its turn: {string.Join(", ", _acknowledged.Select(log => $"{log.Key} {log.Value.Count}"))}");
        _acknowledged.Values.SelectMany(appends => appends.Select(append => append.Life)).Distinct().Count().ShouldBe(Kills, "every child but the first");
    }

    private async Task CheckAsync(KilledChild child, Func<EventStore> open)
    {
        foreach (var (log, head, tail) in child.Recovered)
        {
            (head, tail).ShouldBe(_left.GetValueOrDefault(log, EmptyOf(log)), $"what the child has recovered of {log} is not what was left");
        }

        foreach (var (log, through, life) in child.Acknowledged)
        {
            (_acknowledged.TryGetValue(log, out var appends) ? appends : _acknowledged[log] = []).Add((through, life));
        }

        await using var store = open();
        await store.OpenAsync(TestContext.Current.CancellationToken);
        var rows = new StoreRows(store);
        for (var i = 0; i < Workload.Channels; i++)
        {
            var channel = Workload.Channel(i);
            var (head, tail, deleted) = await rows.CheckChannelAsync(channel, AcknowledgedOf(channel.Value));
            _left[channel.Value] = (head, tail);
            _deleted += deleted;
        }

        for (var i = 0; i < Workload.Sessions; i++)
        {
            var session = Workload.Session(i).ToString();
            _left[session] = (await rows.CheckSessionAsync(Workload.Session(i), AcknowledgedOf(session)), 0);
        }
    }

    private IReadOnlyList<(long Through, long Life)> AcknowledgedOf(string log) => _acknowledged.GetValueOrDefault(log, []);

    private static (long Head, long Tail) EmptyOf(string log) => SessionId.TryParse(log, out _) ? (0, 0) : (0, 1);
}
