using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Membership;

/// <summary>A real membership, with its thread and its loop, over the model store and a clock that the test moves.</summary>
internal sealed class TestMember : IAsyncDisposable
{
    public const int Shards = 32;

    public static readonly MembershipTimers Timers = new(TimeSpan.FromSeconds(3));

    public TestMember(ModelClusterStore store, ManualClock clock, string name = "a", int shards = Shards)
    {
        Store = store;
        Clock = clock;
        Membership = new NodeMembership(
            store, Views.Profile(name), new ClusterCharter(shards, 1), Timers, clock, NullLoggerFactory.Instance, Listener, () => 7);
    }

    public ModelClusterStore Store { get; }

    public ManualClock Clock { get; }

    public NodeMembership Membership { get; }

    public RecordingListener Listener { get; } = new();

    public static async Task<TestMember> StartedAsync(ModelClusterStore store, ManualClock clock, string name = "a")
    {
        var member = new TestMember(store, clock, name);
        await member.Membership.StartAsync(TestContext.Current.CancellationToken);
        await member.BeatenAsync(1);
        return member;
    }

    /// <summary>Until this life has sent so many heartbeats.</summary>
    public Task BeatenAsync(int beats) => BeatenAsync(Membership.Self, beats);

    public async Task BeatenAsync(Incarnation self, int beats)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Store.Beats(self) < beats)
        {
            deadline.IsCancellationRequested.ShouldBeFalse($"waited in vain for heartbeat {beats} of {self}");
            await Task.Yield();
        }
    }

    /// <summary>Moves the clock by one heartbeat and waits until it was sent.</summary>
    public async Task BeatAsync()
    {
        var self = Membership.Self;
        var beats = Store.Beats(self);
        Clock.Advance(Timers.Heartbeat);
        await BeatenAsync(self, beats + 1);
    }

    /// <summary>Waits for what the thread and the loop do by themselves; the clock stands still.</summary>
    public static async Task UntilAsync(Func<bool> happened, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!happened())
        {
            deadline.IsCancellationRequested.ShouldBeFalse($"waited in vain for {what}");
            await Task.Yield();
        }
    }

    /// <summary>Moves the clock on and on, while the thread and the loop do what they do, until the task is done.</summary>
    public async Task PassAsync(Task task, TimeSpan step, Action? eachStep = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!task.IsCompleted && !deadline.IsCancellationRequested)
        {
            eachStep?.Invoke();
            Clock.Advance(step);
            await Task.Yield();
        }

        await task;
    }

    public ValueTask DisposeAsync() => Membership.DisposeAsync();
}
