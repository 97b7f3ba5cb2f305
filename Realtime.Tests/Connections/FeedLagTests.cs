using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Tests.Channels;

namespace Realtime.Tests.Connections;

/// <summary>What a channel's feed gives its readers, the slow ones too.</summary>
public sealed class FeedLagTests : IDisposable
{
    private static readonly SessionId Ann = new(1);
    private static readonly SessionId Bob = new(2);

    private FeedRig? _rig;

    public void Dispose() => _rig?.Dispose();

    [Fact]
    public async Task A_reader_gets_what_it_asked_for_then_what_comes_and_one_question_serves_all_at_the_same_place()
    {
        var rig = Rig(LagPolicy.Catchup);
        Publish(rig, 1, 10);
        var live = await JoinedAsync(rig, Ann, StartFrom.Live);
        var all = new[] { new FeedReader(rig, Bob, StartFrom.Start), new FeedReader(rig, new SessionId(3), StartFrom.Start) };
        await rig.Until(() => all.All(reader => reader.Position == rig.Head), "both to have read everything");

        Publish(rig, 11, 12);
        await rig.Until(() => all.Append(live).All(reader => reader.Position == rig.Head), "all to be at the head");

        live.Seen.ShouldBe(["m11", "m12"]);
        all[0].Seen.ShouldBe(Enumerable.Range(1, 12).Select(i => $"m{i}"));
        all[1].Seen.ShouldBe(all[0].Seen);
        all.Append(live).SelectMany(reader => reader.Faults).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_reader_that_catches_up_misses_nothing_and_does_not_hold_up_others()
    {
        var rig = Rig(LagPolicy.Catchup);
        var slow = await JoinedAsync(rig, Ann, StartFrom.Live);
        var quick = await JoinedAsync(rig, Bob, StartFrom.Live);
        slow.Link.Hold();

        Publish(rig, 1, 100);
        await rig.Until(() => quick.Position == rig.Head, "the quick reader to be at the head");
        slow.Seen.Count.ShouldBeLessThan(100);
        slow.Link.Release();
        await rig.Until(() => slow.Position == rig.Head, "the slow reader to be at the head");

        slow.Seen.ShouldBe(Enumerable.Range(1, 100).Select(i => $"m{i}"));
        slow.Faults.ShouldBeEmpty();
        quick.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_reader_of_the_latest_ends_with_the_newest_of_every_key()
    {
        var rig = Rig(LagPolicy.Latest);
        var slow = await JoinedAsync(rig, Ann, StartFrom.Live);
        var quick = await JoinedAsync(rig, Bob, StartFrom.Live, budget: 1_000_000);
        slow.Link.Hold();
        for (var i = 1; i <= 100; i++)
        {
            rig.Publish($"m{i}", key: i == 60 ? "rare" : "often");
            await rig.Until(() => quick.Position == rig.Head, "each to go out by itself");
        }

        slow.Link.Release();
        await rig.Until(() => slow.Position == rig.Head, "the slow reader to be at the head");

        slow.Seen.TakeLast(2).ShouldBe(["m60", "m100"]);
        slow.Seen.Count.ShouldBeLessThan(60);
        slow.Faults.ShouldBeEmpty();
        quick.Seen.Count.ShouldBe(100);
    }

    [Fact]
    public async Task A_slow_reader_whose_messages_are_dropped_is_told_which()
    {
        var rig = Rig(LagPolicy.Drop);
        var slow = await JoinedAsync(rig, Ann, StartFrom.Live);
        var quick = await JoinedAsync(rig, Bob, StartFrom.Live, budget: 1_000_000);
        slow.Link.Hold();
        for (var i = 1; i <= 60; i++)
        {
            Publish(rig, i, i);
            await rig.Until(() => quick.Position == rig.Head, "each to go out by itself");
        }

        slow.Link.Release();
        await rig.Until(() => slow.Position == rig.Head, "the gap to be told");
        Publish(rig, 61, 61);
        await rig.Until(() => slow.Position == rig.Head, "the slow reader to be at the head");

        slow.Seen.Count(text => text == "gap lagged").ShouldBe(1);
        slow.Seen[^1].ShouldBe("m61");
        slow.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_reader_where_the_policy_is_to_close_is_given_up()
    {
        var rig = Rig(LagPolicy.Close);
        var slow = await JoinedAsync(rig, Ann, StartFrom.Live);
        var quick = await JoinedAsync(rig, Bob, StartFrom.Live, budget: 1_000_000);
        slow.Link.Hold();
        for (var i = 1; i <= 60; i++)
        {
            Publish(rig, i, i);
            await rig.Until(() => quick.Position == rig.Head, "each to go out by itself");
        }

        slow.IsTooSlow.ShouldBeTrue();
        quick.IsTooSlow.ShouldBeFalse();
        slow.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task News_that_are_lost_are_read_from_the_log()
    {
        var rig = Rig(LagPolicy.Catchup);
        var reader = await JoinedAsync(rig, Ann, StartFrom.Live);
        Publish(rig, 1, 2);
        rig.PublishUnheard("m3");
        rig.PublishUnheard("m4");
        Publish(rig, 5, 6);
        await rig.Until(() => reader.Position == rig.Head, "the reader to be at the head");

        reader.Seen.ShouldBe(["m1", "m2", "m3", "m4", "m5", "m6"]);
        reader.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_published_while_the_owner_had_forgotten_its_listeners_is_made_up_for_without_further_traffic()
    {
        var rig = Rig(LagPolicy.Catchup);
        var reader = await JoinedAsync(rig, Ann, StartFrom.Live);
        Publish(rig, 1, 3);

        rig.Forget(meanwhile: "m4");
        await rig.Until(() => reader.Position == rig.Head, "the reader to be at the head");

        reader.Seen.ShouldBe(["m1", "m2", "m3", "m4"]);
        reader.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_log_born_anew_is_told_as_a_gap_and_read_from_its_start()
    {
        var rig = Rig(LagPolicy.Catchup);
        var reader = await JoinedAsync(rig, Ann, StartFrom.Live);
        Publish(rig, 1, 3);
        await rig.Until(() => reader.Position == rig.Head, "the first life");

        rig.Forget(meanwhile: "again", reborn: true);
        await rig.Until(() => reader.Position == rig.Head, "the second life");

        reader.Seen.ShouldBe(["m1", "m2", "m3", "gap epoch", "again"]);
        reader.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_does_not_get_its_own_messages_back_when_it_asked_not_to_and_the_next_one_says_what_it_follows()
    {
        var rig = Rig(LagPolicy.Catchup);
        var reader = await JoinedAsync(rig, Ann, StartFrom.Live);
        var other = await JoinedAsync(rig, Bob, StartFrom.Live);
        Publish(rig, 1, 1);
        rig.Publish("mine", Ann, echo: false);
        await rig.Until(() => other.Position == rig.Head, "it to go out by itself");
        Publish(rig, 3, 3);
        await rig.Until(() => reader.Position == rig.Head && other.Position == rig.Head, "both to be at the head");

        reader.Seen.ShouldBe(["m1", "m3"]);
        other.Seen.ShouldBe(["m1", "mine", "m3"]);
        reader.Faults.ShouldBeEmpty();
        other.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_position_that_history_no_longer_reaches_is_told_in_the_reply_and_as_a_gap()
    {
        var rig = Rig(LagPolicy.Catchup, count: 5);
        Publish(rig, 1, 20);
        var reader = await JoinedAsync(rig, Ann, new StartFrom.At(new StreamPosition(rig.Head.Epoch, 3)));
        await rig.Until(() => reader.Position == rig.Head, "the reader to be at the head");

        reader.Info!.Recovered.ShouldBe(false);
        reader.Info.Gap.ShouldBe(new GapNotice(GapReason.Trimmed, new StreamPosition(rig.Head.Epoch, 15), 4, 15));
        reader.Seen.ShouldBe(["gap trimmed", "m16", "m17", "m18", "m19", "m20"]);
        reader.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answers_that_are_lost_are_asked_for_again_and_a_join_without_one_is_refused_in_time()
    {
        var rig = Rig(LagPolicy.Catchup);
        Publish(rig, 1, 5);
        rig.DropAnswers(1);
        var early = await JoinedAsync(rig, Ann, StartFrom.Start);
        await rig.Until(() => early.Position == rig.Head, "the reader to be at the head");
        early.Refusal.ShouldBeNull();

        rig.DropAnswers(1);
        var late = new FeedReader(rig, Bob, StartFrom.Start) { RejoinsWhenRefused = false };
        await rig.Until(() => late.Refusal is not null, "the join to be refused");

        late.Refusal!.Code.ShouldBe(ErrorCode.Timeout);
        early.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_comes_after_a_reader_has_left_and_a_feed_without_readers_stops_listening()
    {
        var rig = Rig(LagPolicy.Catchup);
        var reader = await JoinedAsync(rig, Ann, StartFrom.Live);
        reader.Leave();
        await rig.Until(() => reader.HasLeft, "the reader to have left");
        Publish(rig, 1, 3);

        await rig.Until(() => rig.Asked.Contains("Unlisten"), "the relay to stop listening");
        reader.Seen.ShouldBeEmpty();
        var again = await JoinedAsync(rig, Ann, StartFrom.Start);
        await rig.Until(() => again.Position == rig.Head, "a later reader to be served");
        again.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_of_a_channel_without_a_log_gets_each_message_once_and_is_told_when_some_were_dropped()
    {
        var rig = new FeedRig(new NamespacePolicy("chat") { Durability = Durability.None });
        _rig = rig;
        var slow = await JoinedAsync(rig, Ann, StartFrom.Live);
        var quick = await JoinedAsync(rig, Bob, StartFrom.Live, budget: 1_000_000);
        slow.Info!.Position.ShouldBeNull();
        slow.Link.Hold();
        for (var i = 1; i <= 60; i++)
        {
            Publish(rig, i, i);
            await rig.Until(() => quick.Seen.Count == i, "each to go out by itself");
        }

        slow.Link.Release();
        await rig.Until(() => slow.Seen.Contains("gap lagged"), "the gap to be told");
        Publish(rig, 61, 61);
        await rig.Until(() => slow.Seen[^1] == "m61", "the last one");

        quick.Seen.ShouldBe(Enumerable.Range(1, 61).Select(i => $"m{i}"));
        slow.Seen.ShouldBeUnique();
    }

    [Fact]
    public async Task Presence_is_told_as_it_changes_and_as_a_roster_to_whoever_missed_some()
    {
        var rig = new FeedRig(new NamespacePolicy("chat") { Presence = true });
        _rig = rig;
        var slow = await JoinedAsync(rig, Ann, StartFrom.Live, budget: 400);
        var quick = await JoinedAsync(rig, Bob, StartFrom.Live, budget: 1_000_000);
        await rig.Until(() => slow.Seen.Count == 1 && quick.Seen.Count == 1, "the rosters after the reply");
        slow.Link.Hold();
        for (var i = 1; i <= 20; i++)
        {
            rig.Announce(new SessionId((UInt128)(100 + i)), "here");
        }

        await rig.Until(() => quick.Seen.Count == 21, "the quick reader to hear of all");
        slow.Link.Release();
        await rig.Until(() => slow.Seen[^1] == "roster", "the slow reader to be given the whole");

        quick.Seen.ShouldBe(["roster", .. Enumerable.Repeat("joined", 20)]);
        slow.Seen.Count(seen => seen == "joined").ShouldBeLessThan(20);
    }

    private FeedRig Rig(LagPolicy lag, int count = 1000) =>
        _rig = new FeedRig(new NamespacePolicy("chat") { Lag = lag, History = new HistoryLimits { Count = count } });

    private static void Publish(FeedRig rig, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            rig.Publish($"m{i}");
        }
    }

    private static async Task<FeedReader> JoinedAsync(FeedRig rig, SessionId session, StartFrom from, int budget = 2000)
    {
        var reader = new FeedReader(rig, session, from, budget);
        await rig.Until(() => reader.Info is not null, "the reply to the subscribe");
        return reader;
    }
}
