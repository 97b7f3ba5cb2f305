using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Membership;

/// <summary>Writes down what it is told, and lets tests wait for it.</summary>
internal sealed class RecordingListener : IMembershipListener
{
    private readonly Lock _gate = new();
    private readonly List<string> _reports = [];
    private readonly List<(Func<IReadOnlyList<string>, bool> Enough, TaskCompletionSource Done)> _waiting = [];
    private int _inside;

    public IReadOnlyList<string> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _reports];
            }
        }
    }

    public ClusterView? View { get; private set; }

    public Exception? Failure { get; private set; }

    public void OnJoined(Incarnation self, ClusterView view) => Report($"joined {self}", () => View = view);

    public void OnView(ViewChange change) => Report($"view {change.After.Version} shards {change.Shards.Count}", () =>
    {
        change.Before.ShouldBeSameAs(View, "a change was left out");
        View = change.After;
    });

    public void OnStanding(Standing standing) => Report($"standing {standing}", () => { });

    public void OnDead(Incarnation self) => Report($"dead {self}", () => { });

    public void OnFailed(Exception cause) => Report("failed", () => Failure = cause);

    public Task HasAsync(string report, int times = 1) =>
        WaitAsync(reports => reports.Count(one => one == report) >= times, $"the report '{report}', {times} times");

    public Task WaitAsync(Func<IReadOnlyList<string>, bool> enough, string what)
    {
        lock (_gate)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (enough(_reports))
            {
                return Task.CompletedTask;
            }

            _waiting.Add((enough, done));
            return done.Task.Within(what);
        }
    }

    private void Report(string report, Action note)
    {
        Interlocked.Increment(ref _inside).ShouldBe(1, "two reports at a time");
        lock (_gate)
        {
            note();
            _reports.Add(report);
            foreach (var (_, done) in _waiting.Where(one => one.Enough(_reports)))
            {
                done.TrySetResult();
            }
        }

        Interlocked.Decrement(ref _inside);
    }
}
