using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>What is written by compare-and-set: who founds the cluster, and who is no member any more.</summary>
[Collection(ActorSystems.Name)]
public sealed class MemberVerdictTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _case = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _case.PrepareAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task Of_many_that_found_at_once_one_does()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(1, 6).Select(number => OpenAsync($"n{number}")));
        var pictures = await Task.WhenAll(nodes.Select(PictureAsync));

        var founded = await Task.WhenAll(nodes.Zip(pictures, (node, picture) => node.Members!.FoundAsync(picture))).Within("the founding");

        founded.Count(did => did).ShouldBe(1);
        var founder = nodes[Array.IndexOf(founded, true)];
        (await _case.ScalarAsync("SELECT founder FROM rt.cluster")).ShouldBe(founder.Members!.Self.Value);
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nobody_founds_beside_a_member_that_is_alive_nor_beside_a_founder_that_is()
    {
        await using var first = await OpenAsync("n1");
        await using var second = await OpenAsync("n2");
        (await first.Members!.FoundAsync(await PictureAsync(first))).ShouldBeTrue();

        (await second.Members!.FoundAsync(await PictureAsync(second))).ShouldBeFalse("the founder is alive");

        await first.Members.JoinedAsync();
        (await second.Members.FoundAsync(await PictureAsync(second))).ShouldBeFalse("the member is alive");
        (await _case.ScalarAsync("SELECT count(*) FROM rt.member WHERE verdict IS NOT NULL")).ShouldBe(0L);
        (await _case.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L);
    }

    [Fact]
    public async Task How_old_the_cluster_is_is_known_to_those_who_come_while_others_are_in_it()
    {
        await using var first = await OpenAsync("n1");
        (await first.Members!.AgeOfClusterAsync(TimeProvider.System, Cancellation).Within("the rows")).ShouldBeNull();
        (await first.Members!.FoundAsync(await PictureAsync(first))).ShouldBeTrue();
        await first.Members.JoinedAsync().Within("the joining");

        await using var second = await OpenAsync("n2");
        (await second.Members!.AgeOfClusterAsync(TimeProvider.System, Cancellation).Within("the rows")).ShouldNotBeNull().ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(5));
        (await second.Members!.AgeOfClusterAsync(TimeProvider.System, Cancellation).Within("the rows")).ShouldNotBe(TimeSpan.Zero);
    }

    /// <summary>All nodes were killed, and the database's clock went back. Who takes the dead for a cluster does not show who was present.</summary>
    [Fact]
    public async Task Rows_that_only_look_young_because_the_clock_went_back_are_no_cluster()
    {
        await using var node = await OpenAsync("n1");
        await RowAsync(100, "was in the cluster", age: -60, joined: true);
        var clock = new ManualClock();

        var asking = node.Members!.AgeOfClusterAsync(clock, Cancellation);

        await Soon.IsTrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return asking.IsCompleted;
            },
            "the row to be seen standing still");
        (await asking).ShouldBeNull();
    }

    [Fact]
    public async Task Who_founds_over_members_that_stand_still_writes_a_verdict_against_each_and_against_no_other()
    {
        await using var node = await OpenAsync("n1");
        await RowAsync(100, "was in the cluster", age: 16, joined: true);
        await RowAsync(101, "was about to found it", age: 16);
        await RowAsync(102, "never got so far", age: 16);
        await _case.ScalarAsync("UPDATE rt.cluster SET founder = 101");

        (await node.Members!.FoundAsync(await PictureAsync(node))).ShouldBeTrue();

        (await _case.ScalarAsync("SELECT string_agg(incarnation::text, ' ' ORDER BY incarnation) FROM rt.member WHERE verdict IS NOT NULL")).ShouldBe("100 101");
    }

    [Fact]
    public async Task A_picture_that_is_older_than_the_last_foundation_or_verdict_decides_nothing()
    {
        await using var node = await OpenAsync("n1");
        await RowAsync(100, "n2", age: 60, joined: true);
        var old = await PictureAsync(node);
        (await node.Members!.JudgeAsync(old, Verdict(100))).ShouldBeTrue();
        await RowAsync(101, "n3", age: 60, joined: true);

        (await node.Members.JudgeAsync(old, Verdict(101))).ShouldBeFalse();
        (await node.Members.FoundAsync(old)).ShouldBeFalse();

        (await node.Members.JudgeAsync(await PictureAsync(node), Verdict(101))).ShouldBeTrue();
        (await _case.ScalarAsync("SELECT verdict FROM rt.member WHERE incarnation = 101")).ShouldBe("the test says so");
    }

    [Fact]
    public async Task A_verdict_for_standing_still_spares_who_has_been_renewed_and_one_for_a_side_does_not()
    {
        await using var node = await OpenAsync("n1");
        await RowAsync(100, "n2", age: 7);

        (await node.Members!.JudgeAsync(await PictureAsync(node), Verdict(100))).ShouldBeFalse();
        (await _case.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(0L, "nothing has changed");

        (await node.Members.JudgeAsync(await PictureAsync(node), Verdict(100) with { OnlyStill = false })).ShouldBeTrue();
    }

    [Fact]
    public async Task A_row_from_before_the_clock_was_set_back_is_judged_and_founded_over_like_any_other_and_one_that_was_renewed_is_not()
    {
        await using var node = await OpenAsync("n1");
        await RowAsync(100, "n2", age: -60, joined: true);
        await RowAsync(101, "n3", age: -60, joined: true);
        var old = await PictureAsync(node);
        await _case.ScalarAsync("UPDATE rt.member SET beat = beat + 1 WHERE incarnation = 101");

        (await node.Members!.JudgeAsync(old, Verdict(101))).ShouldBeFalse("it is alive");
        (await node.Members.FoundAsync(old)).ShouldBeFalse("one of them is alive");

        (await node.Members.JudgeAsync(await PictureAsync(node), Verdict(100))).ShouldBeTrue();
        (await node.Members.FoundAsync(await PictureAsync(node))).ShouldBeTrue();
        (await _case.ScalarAsync("SELECT count(*) FROM rt.member WHERE verdict IS NOT NULL")).ShouldBe(2L);
    }

    [Fact]
    public async Task Of_two_that_give_each_other_up_one_stays()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var first = await OpenAsync("n1");
            await using var second = await OpenAsync("n2");
            var (one, other) = (await PictureAsync(first), await PictureAsync(second));

            var judged = await Task.WhenAll(
                first.Members!.JudgeAsync(one, Verdict(second.Members!.Self.Value) with { OnlyStill = false }),
                second.Members.JudgeAsync(other, Verdict(first.Members.Self.Value) with { OnlyStill = false })).Within("both verdicts");

            judged.Count(written => written).ShouldBe(1);
            var loser = judged[0] ? second : first;
            await Soon.IsTrueAsync(() => loser.Lease.IsLost, "the loser to find out");
            (judged[0] ? first : second).Lease.IsHeld.ShouldBeTrue();
        }
    }

    private static MemberVerdict Verdict(long loser) => new([new Incarnation(loser)], OnlyStill: true, "the test says so");

    /// <summary>Of a process that is no more.</summary>
    private async Task RowAsync(long number, string name, double age, bool joined = false) => await _case.ScalarAsync(
        $"""
        INSERT INTO rt.member (incarnation, name, roles, renewed, joined)
        VALUES ({number}, '{name}', '{"{node}"}', clock_timestamp() - interval '{age} s', {(joined ? "clock_timestamp()" : "NULL")})
        """);

    /// <summary>One that knows of all that has been written until now.</summary>
    private static async Task<MemberPicture> PictureAsync(PostgresEventStore node)
    {
        var now = TimeProvider.System.GetTimestamp();
        using var hurry = node.Members!.Hurry();
        await Soon.IsTrueAsync(() => node.Members.Picture?.Began > now, "a new picture");
        return node.Members.Picture!;
    }

    private async Task<PostgresEventStore> OpenAsync(string name)
    {
        var store = _case.Open(_case.Options with { Claim = new MemberClaim(new NodeId(name), EntityShards.Count, MemberClaim.WireVersion) { Roles = ["node"] } });
        await store.OpenAsync(Cancellation);
        return store;
    }
}
