using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Membership;

public sealed class NodeMembershipJoinTests
{
    private readonly ManualClock _clock = new();
    private readonly ModelClusterStore _store = new(TestMember.Shards);

    [Fact]
    public async Task A_second_process_of_a_living_name_is_refused_and_says_why()
    {
        var living = await StrangerAsync();
        await using var node = new TestMember(_store, _clock);
        var starting = node.Membership.StartAsync(Token);
        await PassAsync(starting, () => _store.Beat(living));

        var refused = await starting.ShouldThrowAsync<NameInUseException>();
        refused.Message.ShouldContain("\"a\" is in use");
        _store.Nodes.ShouldHaveSingleItem().Incarnation.ShouldBe(living);
    }

    [Fact]
    public async Task A_dead_predecessor_is_replaced_after_the_watch()
    {
        await StrangerAsync();
        await using var node = new TestMember(_store, _clock);
        var starting = node.Membership.StartAsync(Token);
        var passed = await PassAsync(starting, () => { });

        await starting;
        passed.ShouldBeGreaterThanOrEqualTo(TestMember.Timers.JoinWatch);
        _store.Nodes.ShouldHaveSingleItem().Incarnation.ShouldBe(node.Membership.Self);
    }

    [Fact]
    public async Task Where_the_store_holds_the_name_nobody_watches()
    {
        await StrangerAsync();
        _store.HoldsName = true;
        await using var node = new TestMember(_store, _clock);
        await node.Membership.StartAsync(Token).Within("a start that needs no time");
        node.Membership.Self.ShouldBe(new Incarnation(2));
    }

    [Fact]
    public async Task A_join_whose_answer_was_lost_is_no_stranger_to_the_next_attempt()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        var lost = false;
        _store.Troubles = (call, _) => call == "join" && !lost && (lost = true) ? Trouble.ReplyLost : Trouble.None;
        _store.Kill(node.Membership.Self);
        _clock.Advance(TestMember.Timers.Heartbeat);
        await TestMember.UntilAsync(() => lost, "the join");

        // Incarnation 2 was made by the join that got no answer.
        await node.PassAsync(node.Listener.HasAsync("joined 3"), TimeSpan.FromSeconds(0.1));
        _store.Nodes.ShouldHaveSingleItem().Incarnation.ShouldBe(node.Membership.Self);
    }

    [Fact]
    public async Task A_cluster_of_another_size_is_refused()
    {
        await using var node = new TestMember(_store, _clock, shards: TestMember.Shards * 2);
        var fault = await node.Membership.StartAsync(Token).ShouldThrowAsync<StoreFaultException>();
        fault.Fault.ShouldBe(StoreFault.OtherCluster);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<Incarnation> StrangerAsync() => (await _store.JoinAsync(Views.Profile("a"), null, Token)).Incarnation;

    /// <summary>Lets time pass, a second each time that somebody waits for it, until the task is done.</summary>
    private async Task<TimeSpan> PassAsync(Task task, Action eachSecond)
    {
        var passed = TimeSpan.Zero;
        var timers = 1;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!task.IsCompleted)
        {
            deadline.IsCancellationRequested.ShouldBeFalse("the start never ended");

            // The loop's own timer runs already; one more is the joiner's.
            if (_clock.Timers > timers)
            {
                eachSecond();
                _clock.Advance(TimeSpan.FromSeconds(1));
                passed += TimeSpan.FromSeconds(1);
            }

            await Task.Yield();
        }

        return passed;
    }
}
