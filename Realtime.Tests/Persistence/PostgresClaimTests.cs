using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>One node at a time on a database.</summary>
[Collection(ActorSystems.Name)]
public sealed class PostgresClaimTests : IAsyncLifetime
{
    private const string Claims = "%claim%";
    private readonly PostgresEventStoreCase _case = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _case.PrepareAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task A_second_node_is_refused_and_told_who_has_the_database()
    {
        await using var first = Node("n1");
        await first.OpenAsync(Cancellation);
        first.Lease.IsHeld.ShouldBeTrue();
        await using var second = Node("n2", TimeSpan.Zero);

        var refused = await Should.ThrowAsync<StoreFaultException>(() => second.OpenAsync(Cancellation));

        refused.Fault.ShouldBe(StoreFault.InUse);
        refused.Message.ShouldContain("realtime n1 claim");
        refused.Message.ShouldContain("at 127.0.0.1");
        refused.Message.ShouldContain("several nodes on one database come with a later version");
        first.Lease.IsHeld.ShouldBeTrue();
        (await _case.ScalarAsync("SELECT lives FROM rt.store")).ShouldBe(1L, "the refused one has changed nothing");
        (await SessionsAsync("realtime n2%")).ShouldBe(0, "and leaves nothing behind");
    }

    [Fact]
    public async Task A_second_node_waits_for_the_first_to_go()
    {
        await using var first = Node("n1");
        await first.OpenAsync(Cancellation);
        await using var second = Node("n2");
        var opening = second.OpenAsync(Cancellation);
        await Soon.IsTrueAsync(async () => await SessionsAsync($"realtime n2 {Claims}") == 1, "the second node to ask for the database");

        await first.DisposeAsync();

        (await opening.Within("the second node")).Incarnation.ShouldBe(new Incarnation(2));
        second.Lease.IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_waits_can_be_stopped()
    {
        await using var first = Node("n1");
        await first.OpenAsync(Cancellation);
        await using var second = Node("n2");
        using var stop = new CancellationTokenSource();
        var opening = second.OpenAsync(stop.Token);
        await Soon.IsTrueAsync(async () => await SessionsAsync($"realtime n2 {Claims}") == 1, "the second node to ask for the database");

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(opening.Within("the end of the waiting"));
        (await SessionsAsync("realtime n2%")).ShouldBe(0);
    }

    [Fact]
    public async Task A_node_whose_session_is_cut_takes_the_database_again()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);
        for (var i = 0; i < 3; i++)
        {
            (await _case.Server.KillBackendsAsync(_case.Database, Claims)).ShouldBe(1);
            _clock.Advance(TimeSpan.FromSeconds(6));
            await Soon.IsTrueAsync(() => node.Lease.IsHeld, "the claim to be taken again");
        }

        lost.ShouldBeEmpty();
        await using var other = Node("n2", TimeSpan.Zero);
        (await Should.ThrowAsync<StoreFaultException>(() => other.OpenAsync(Cancellation))).Fault.ShouldBe(StoreFault.InUse);
    }

    [Fact]
    public async Task A_node_that_cannot_prove_its_claim_has_no_lease_until_it_can()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);
        await _case.Server.ScalarAsync("postgres", $"ALTER DATABASE {_case.Database} ALLOW_CONNECTIONS false");
        await _case.Server.KillBackendsAsync(_case.Database);
        await Soon.IsTrueAsync(async () => await SessionsAsync("%") == 0, "all sessions to end");
        node.Lease.IsHeld.ShouldBeTrue("the last proof is young");

        _clock.Advance(TimeSpan.FromSeconds(6));

        node.Lease.IsHeld.ShouldBeFalse();
        await _case.Server.ScalarAsync("postgres", $"ALTER DATABASE {_case.Database} ALLOW_CONNECTIONS true");
        await Soon.IsTrueAsync(() => node.Lease.IsHeld, "a new proof");
        lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_that_the_server_still_has_is_no_other_node()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);

        // It answers no more and keeps its lock.
        var process = (int)(await _case.Server.ScalarAsync("postgres", Session("pid")))!;
        await using (await ProcessStop.OfAsync(process))
        {
            _clock.Advance(TimeSpan.FromSeconds(6));
            await Soon.IsTrueAsync(async () => await SessionsAsync(Claims) == 2, "another try");
            node.Lease.IsHeld.ShouldBeFalse();
        }

        await Soon.IsTrueAsync(() => node.Lease.IsHeld, "the claim to be taken again");
        lost.ShouldBeEmpty();
        ((int)(await _case.Server.ScalarAsync("postgres", Session("pid")))!).ShouldNotBe(process);
    }

    [Fact]
    public async Task A_node_that_finds_another_one_on_its_database_says_so_once_and_for_good()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);
        await using var other = Node("n2");
        var opening = other.OpenAsync(Cancellation);
        await Soon.IsTrueAsync(async () => await SessionsAsync($"realtime n2 {Claims}") == 1, "the other node to ask for the database");
        await _case.Server.ScalarAsync("postgres", $"ALTER DATABASE {_case.Database} ALLOW_CONNECTIONS false");
        await _case.Server.KillBackendsAsync(_case.Database, $"realtime n1 {Claims}");
        await Soon.IsTrueAsync(async () => await SessionsAsync($"realtime n2 {Claims}", "advisory") == 1, "the other node to have the lock");

        await _case.Server.ScalarAsync("postgres", $"ALTER DATABASE {_case.Database} ALLOW_CONNECTIONS true");

        await opening.Within("the other node");
        await Soon.IsTrueAsync(() => !lost.IsEmpty, "the loss");
        lost.ShouldHaveSingleItem().ShouldContain("\"realtime n2 claim");
        node.Lease.IsHeld.ShouldBeFalse();
        await other.DisposeAsync();
        await Soon.IsTrueAsync(async () => await SessionsAsync(Claims) == 0, "no session to be left");
        node.Lease.IsHeld.ShouldBeFalse();
        lost.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_node_that_slept_while_another_one_came_and_went_finds_its_claim_lost()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);

        await _case.ScalarAsync("UPDATE rt.store SET lives = lives + 1");

        await Soon.IsTrueAsync(() => !lost.IsEmpty, "the loss");
        lost.ShouldHaveSingleItem().ShouldContain("another node has opened the store meanwhile, as number 2; this one is number 1");
        node.Lease.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_that_has_lost_its_end_gives_no_number_twice()
    {
        await using (await OpenedAsync())
        {
        }

        await using (await OpenedAsync())
        {
            await _case.ScalarAsync("UPDATE rt.store SET lives = 1");
            await Soon.IsTrueAsync(async () => await _case.ScalarAsync("SELECT lives FROM rt.store") is 2L, "the count to be corrected");
        }

        await using var third = await OpenedAsync();
        third.Opened.Incarnation.ShouldBe(new Incarnation(3));

        async Task<PostgresEventStore> OpenedAsync()
        {
            var store = Node("n1");
            await store.OpenAsync(Cancellation);
            return store;
        }
    }

    [Fact]
    public async Task A_store_that_could_not_be_opened_can_be_opened_later()
    {
        await _case.ScalarAsync("CREATE SCHEMA rt");
        await using var node = Node("n1");
        await Should.ThrowAsync<StoreFaultException>(() => node.OpenAsync(Cancellation));
        (await SessionsAsync(Claims)).ShouldBe(0);
        await _case.ScalarAsync("DROP SCHEMA rt");

        (await node.OpenAsync(Cancellation)).Incarnation.ShouldBe(new Incarnation(1));
    }

    [Fact]
    public async Task A_name_that_the_server_would_cut_or_rewrite_still_tells_claims_apart()
    {
        await using var node = Node(new string('ü', 100), time: _clock);
        await node.OpenAsync(Cancellation);
        var lost = LostBy(node);
        (await _case.Server.KillBackendsAsync(_case.Database, "realtime ???% claim ________")).ShouldBe(1);

        _clock.Advance(TimeSpan.FromSeconds(6));

        await Soon.IsTrueAsync(() => node.Lease.IsHeld, "the claim to be taken again");
        lost.ShouldBeEmpty();
    }

    private PostgresEventStore Node(string name, TimeSpan? patience = null, TimeProvider? time = null) => _case.Open(
        _case.Options with { Node = new NodeId(name), ClaimPatience = patience ?? TimeSpan.FromSeconds(20) }, time);

    private static System.Collections.Concurrent.ConcurrentQueue<string> LostBy(PostgresEventStore node)
    {
        var lost = new System.Collections.Concurrent.ConcurrentQueue<string>();
        node.ClaimLost += lost.Enqueue;
        return lost;
    }

    private string Session(string what, string application = Claims, string? holding = null) =>
        $"SELECT {what} FROM pg_stat_activity a WHERE a.datname = '{_case.Database}' AND a.application_name LIKE '{application}'"
        + (holding is null ? "" : $" AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.locktype = '{holding}')");

    private async Task<long> SessionsAsync(string application, string? holding = null) =>
        (long)(await _case.Server.ScalarAsync("postgres", Session("count(*)", application, holding)))!;
}
