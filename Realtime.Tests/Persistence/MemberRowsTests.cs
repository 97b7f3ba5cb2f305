using System.Collections.Concurrent;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>The rows of processes that share a database: names, renewals, the lease, the end.</summary>
[Collection(ActorSystems.Name)]
public sealed class MemberRowsTests : IAsyncLifetime
{
    private const string Sessions = "%member";
    private readonly PostgresEventStoreCase _case = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _case.PrepareAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task Processes_of_different_names_share_a_database_and_see_each_other()
    {
        await using var first = await OpenAsync("n1");
        await using var second = await OpenAsync("n2");

        await Soon.IsTrueAsync(() => first.Members!.Picture?.Rows.Count == 2, "the second row to be seen");

        var seen = first.Members!.Picture!.Find(second.Members!.Self)!;
        (seen.Node, seen.HasJoined, seen.Verdict, seen.Address).ShouldBe((new NodeId("n2"), false, null, null));
        seen.Roles.ShouldBe(["node"]);
        seen.ClientUrl.ShouldBe("ws://n2");
        seen.Age.ShouldBeLessThan(MemberTimes.Still);
        await Soon.IsTrueAsync(() => first.Members.Picture.Find(second.Members.Self)!.Beat > seen.Beat, "the second row to be renewed");
    }

    [Fact]
    public async Task What_a_process_says_of_itself_is_seen_by_others()
    {
        await using var first = await OpenAsync("n1");
        await using var second = await OpenAsync("n2");
        using var hurry = first.Members!.Hurry();

        await second.Members!.AnnounceAsync(new MemberAddress("akka.tcp://realtime@localhost:1", -7)).Within("the address");
        await second.Members.JoinedAsync().Within("the joining");
        second.Members.Unreachable = [first.Members.Self];

        await Soon.IsTrueAsync(() => Seen() is { HasJoined: true, Unreachable.Count: 1 }, "all of it to be seen");
        Seen()!.Address.ShouldBe(new MemberAddress("akka.tcp://realtime@localhost:1", -7));
        Seen()!.Unreachable.ShouldBe([first.Members.Self]);
        MemberRow? Seen() => first.Members.Picture?.Find(second.Members!.Self);
    }

    [Fact]
    public async Task A_second_process_of_a_living_name_is_refused_and_changes_nothing()
    {
        await using var first = await OpenAsync("n1");
        await first.Members!.AnnounceAsync(new MemberAddress("akka.tcp://realtime@localhost:4711", 1)).Within("the address");
        await using var second = Node("n1", TimeSpan.Zero);

        var refused = await Should.ThrowAsync<StoreFaultException>(() => second.OpenAsync(Cancellation));

        refused.Fault.ShouldBe(StoreFault.NameInUse);
        refused.Message.ShouldContain("The name n1 is in use by another process");
        refused.Message.ShouldContain("akka.tcp://realtime@localhost:4711");
        (await _case.ScalarAsync("SELECT count(*) FROM rt.member")).ShouldBe(1L);
        first.Lease.IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_second_process_of_a_name_waits_for_the_first_to_end_and_can_be_stopped_meanwhile()
    {
        await using var first = await OpenAsync("n1");
        await using var stopped = Node("n1");
        using var stop = new CancellationTokenSource();
        var stoppedOpening = stopped.OpenAsync(stop.Token);
        await using var second = Node("n1");
        var opening = second.OpenAsync(Cancellation);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(stoppedOpening.Within("the end of the waiting"));
        opening.IsCompleted.ShouldBeFalse();
        await first.DisposeAsync();

        await opening.Within("the second process");
        second.Lease.IsHeld.ShouldBeTrue();
        (await _case.ScalarAsync("SELECT count(*) FROM rt.member WHERE verdict IS NULL")).ShouldBe(1L, "a clean end leaves no row");
    }

    [Fact]
    public async Task A_name_whose_row_stands_still_is_taken_over_and_the_old_row_gets_a_verdict()
    {
        await using (await OpenAsync("n0"))
        {
            await _case.ScalarAsync("INSERT INTO rt.member (incarnation, name, roles, renewed) VALUES (100, 'n1', '{node}', clock_timestamp() - interval '6 s')");
        }

        await using var second = await OpenAsync("n1");

        (await _case.ScalarAsync("SELECT verdict FROM rt.member WHERE incarnation = 100")).ShouldBe("its row stood still when another process took its name");
        (await _case.ScalarAsync("SELECT extract(epoch FROM n.opened - o.renewed) >= 8 FROM rt.member o, rt.member n WHERE o.incarnation = 100 AND n.incarnation = 2")).ShouldBe(true);
        (await _case.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L, "whoever decides at that time decides anew");
    }

    [Fact]
    public async Task A_name_is_taken_over_of_a_dead_process_whose_row_looks_young_because_the_clock_went_back()
    {
        await using (await OpenAsync("n0"))
        {
            await _case.ScalarAsync("INSERT INTO rt.member (incarnation, name, roles, renewed) VALUES (100, 'n1', '{node}', clock_timestamp() + interval '60 s')");
        }

        await using var second = await OpenAsync("n1");

        (await _case.ScalarAsync("SELECT verdict FROM rt.member WHERE incarnation = 100")).ShouldBe("its row stood still when another process took its name");
    }

    [Fact]
    public async Task A_process_that_finds_a_verdict_answers_for_nothing_any_more_says_so_once_and_ends_its_row()
    {
        await using var node = Node("n1", time: _clock);
        var held = new ConcurrentQueue<bool>();
        node.ClaimLost += _ => held.Enqueue(node.Lease.IsHeld);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);

        await _case.ScalarAsync("UPDATE rt.member SET verdict = 'the test says so'");

        await Soon.IsTrueAsync(() => !lost.IsEmpty, "the loss");
        lost.ShouldHaveSingleItem().ShouldBe("the other nodes go on without it: the test says so");
        held.ShouldHaveSingleItem().ShouldBeFalse("its row has ended by then, and others need not wait for its lease");
        (node.Lease.IsHeld, node.Lease.IsLost, node.Loss).ShouldBe((false, true, lost.Single()));
        (await _case.ScalarAsync("SELECT count(*) FROM rt.member")).ShouldBe(0L);
        await Should.ThrowAsync<ObjectDisposedException>(node.Members!.JoinedAsync());
        await node.DisposeAsync();
        lost.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_process_whose_row_is_gone_is_no_member_any_more()
    {
        await using var node = Node("n1");
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);

        await _case.ScalarAsync("DELETE FROM rt.member");

        await Soon.IsTrueAsync(() => !lost.IsEmpty, "the loss");
        lost.ShouldHaveSingleItem().ShouldBe("its member row is gone");
        node.Lease.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_gives_up_has_no_lease_from_that_instant_on()
    {
        await using var node = Node("n1");
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);

        node.Members!.Resign("the others do not speak to it");

        node.Lease.IsHeld.ShouldBeFalse();
        await Soon.IsTrueAsync(() => !lost.IsEmpty, "the loss");
        lost.ShouldHaveSingleItem().ShouldBe("the others do not speak to it");
        await Soon.IsTrueAsync(async () => await _case.ScalarAsync("SELECT count(*) FROM rt.member") is 0L, "the row to end");
    }

    [Fact]
    public async Task Where_clients_reached_a_process_that_has_ended_is_known_to_those_that_start_in_the_hours_after_it()
    {
        await using (await OpenAsync("n1"))
        {
        }

        await using (await OpenAsync("n1"))
        {
        }

        await using (var second = await OpenAsync("n2"))
        {
            second.Members!.EndedUrls.ShouldBe(["ws://n1"]);
        }

        await _case.ScalarAsync("UPDATE rt.ended SET at = at - interval '13 hours' WHERE client_url = 'ws://n1'");
        await using var third = await OpenAsync("n3");
        third.Members!.EndedUrls.ShouldBe(["ws://n2"]);
        (await _case.ScalarAsync("SELECT count(*) FROM rt.ended")).ShouldBe(1L, "it is not kept for ever");
    }

    [Fact]
    public async Task A_process_that_has_left_is_not_waited_for()
    {
        await using var node = Node("n1");
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);

        await node.Members!.EndAsync().Within("the end");

        node.Lease.IsHeld.ShouldBeFalse();
        (await _case.ScalarAsync("SELECT count(*) FROM rt.member")).ShouldBe(0L);
        lost.ShouldBeEmpty("it went by itself");
    }

    [Fact]
    public async Task A_process_whose_connection_is_cut_ends_its_row_all_the_same()
    {
        await using var node = Node("n1");
        await node.OpenAsync(Cancellation);
        await Soon.IsTrueAsync(() => node.Members!.Picture is not null, "a connection");
        (await _case.Server.KillBackendsAsync(_case.Database, Sessions)).ShouldBe(1);

        await node.Members!.EndAsync().Within("the end");

        (await _case.ScalarAsync("SELECT count(*) FROM rt.member")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_process_whose_connection_is_cut_renews_its_row_on_another()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);
        for (var i = 0; i < 3; i++)
        {
            await Soon.IsTrueAsync(async () => await SessionsAsync(Sessions) == 1, "a connection");
            (await _case.Server.KillBackendsAsync(_case.Database, Sessions)).ShouldBe(1);
            _clock.Advance(MemberTimes.Lease);
            await Soon.IsTrueAsync(() => node.Lease.IsHeld, "another renewal");
        }

        lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_process_that_cannot_renew_its_row_has_no_lease_until_it_can()
    {
        await using var node = Node("n1", time: _clock);
        var lost = LostBy(node);
        await node.OpenAsync(Cancellation);
        await _case.Server.ScalarAsync("postgres", $"ALTER DATABASE {_case.Database} ALLOW_CONNECTIONS false");
        await _case.Server.KillBackendsAsync(_case.Database);
        await Soon.IsTrueAsync(async () => await SessionsAsync("%") == 0, "all sessions to end");
        node.Lease.IsHeld.ShouldBeTrue("the last renewal is young");
        var judging = node.Members!.JudgeAsync(node.Members.Picture!, new MemberVerdict([new Incarnation(99)], OnlyStill: false, "nobody"));

        _clock.Advance(MemberTimes.Lease);

        node.Lease.IsHeld.ShouldBeFalse();
        (await Should.ThrowAsync<Exception>(judging.Within("the order to fail"))).ShouldNotBeOfType<TimeoutException>();
        await _case.Server.ScalarAsync("postgres", $"ALTER DATABASE {_case.Database} ALLOW_CONNECTIONS true");
        await Soon.IsTrueAsync(() => node.Lease.IsHeld, "a new renewal");
        lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_that_has_lost_its_end_gives_no_number_twice()
    {
        await using (await OpenAsync("n1"))
        {
        }

        await using (await OpenAsync("n1"))
        {
            await _case.ScalarAsync("UPDATE rt.store SET lives = 1");
            await Soon.IsTrueAsync(async () => await _case.ScalarAsync("SELECT lives FROM rt.store") is 2L, "the count to be corrected");
        }

        await using var third = await OpenAsync("n1");
        third.Opened.Incarnation.ShouldBe(new Incarnation(3));
    }

    [Fact]
    public async Task A_node_of_another_number_of_shards_or_other_messages_is_refused_as_long_as_one_is_alive()
    {
        await using var first = await OpenAsync("n1");
        foreach (var claim in (MemberClaim[])[Claim("n2") with { Shards = 128 }, Claim("n2") with { Wire = 99 }])
        {
            await using var other = _case.Open(_case.Options with { Claim = claim });
            var refused = await Should.ThrowAsync<StoreFaultException>(() => other.OpenAsync(Cancellation));
            refused.Fault.ShouldBe(StoreFault.Incompatible);
            refused.Message.ShouldContain($"this program has {claim.Shards} and {claim.Wire}");
        }

        await first.DisposeAsync();
        await using var alone = _case.Open(_case.Options with { Claim = Claim("n2") with { Shards = 128 } });
        await alone.OpenAsync(Cancellation);
        (await _case.ScalarAsync("SELECT shards FROM rt.cluster")).ShouldBe(128);
    }

    [Fact]
    public async Task A_node_of_another_version_starts_over_dead_ones_whose_rows_look_young_because_the_clock_went_back()
    {
        await using (await OpenAsync("n1"))
        {
            await _case.ScalarAsync("INSERT INTO rt.member (incarnation, name, roles, renewed) VALUES (100, 'n9', '{node}', clock_timestamp() + interval '60 s')");
        }

        await using var other = _case.Open(_case.Options with { Claim = Claim("n2") with { Wire = 99 } });
        await other.OpenAsync(Cancellation);

        (await _case.ScalarAsync("SELECT wire FROM rt.cluster")).ShouldBe(99);
        (await _case.ScalarAsync("SELECT verdict FROM rt.member WHERE incarnation = 100")).ShouldBe("its row stood still when a node of another version started");
    }

    /// <summary>The clock went forward: rows of the living look old until they are renewed.</summary>
    [Fact]
    public async Task A_node_of_another_version_is_refused_by_living_ones_whose_rows_look_old()
    {
        await using (await OpenAsync("n1"))
        {
            await _case.ScalarAsync("INSERT INTO rt.member (incarnation, name, roles, renewed) VALUES (100, 'n9', '{node}', clock_timestamp() - interval '60 s')");
        }

        await using var other = _case.Open(_case.Options with { Claim = Claim("n2") with { Wire = 99 } });
        var opening = other.OpenAsync(Cancellation);
        await Soon.IsTrueAsync(
            async () =>
            {
                await _case.ScalarAsync("UPDATE rt.member SET beat = beat + 1 WHERE incarnation = 100");
                return opening.IsCompleted;
            },
            "an answer");

        (await Should.ThrowAsync<StoreFaultException>(opening)).Fault.ShouldBe(StoreFault.Incompatible);

        (await _case.ScalarAsync("SELECT wire FROM rt.cluster")).ShouldBe(MemberClaim.WireVersion);
    }

    [Fact]
    public async Task A_name_that_the_server_would_cut_or_rewrite_is_a_name_like_any_other()
    {
        var name = new string('ü', 100);
        await using var first = await OpenAsync(name);
        await using var second = Node(name, TimeSpan.Zero);

        (await Should.ThrowAsync<StoreFaultException>(() => second.OpenAsync(Cancellation))).Fault.ShouldBe(StoreFault.NameInUse);
    }

    private static MemberClaim Claim(string name) => new(new NodeId(name), EntityShards.Count, MemberClaim.WireVersion) { Roles = ["node"], ClientUrl = $"ws://{name}" };

    private PostgresEventStore Node(string name, TimeSpan? patience = null, TimeProvider? time = null) => _case.Open(
        _case.Options with { Claim = Claim(name), NamePatience = patience ?? TimeSpan.FromSeconds(20) }, time);

    private async Task<PostgresEventStore> OpenAsync(string name)
    {
        var store = Node(name);
        await store.OpenAsync(Cancellation);
        return store;
    }

    private static ConcurrentQueue<string> LostBy(PostgresEventStore node)
    {
        var lost = new ConcurrentQueue<string>();
        node.ClaimLost += lost.Enqueue;
        return lost;
    }

    private async Task<long> SessionsAsync(string application) => (long)(await _case.Server.ScalarAsync(
        "postgres", $"SELECT count(*) FROM pg_stat_activity a WHERE a.datname = '{_case.Database}' AND a.application_name LIKE '{application}'"))!;
}
