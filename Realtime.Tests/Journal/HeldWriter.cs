using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>
/// Keeps a store's writer busy telling an outcome, until disposed: what is handed in meanwhile waits, and then shares a commit.
/// </summary>
internal sealed class HeldWriter : IWriteReceiver, IDisposable
{
    private readonly ManualResetEventSlim _free = new();
    private readonly TaskCompletionSource<bool> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<HeldWriter> HoldAsync(IStore store, SessionId? session = null)
    {
        var hold = new HeldWriter();
        store.Put(new SessionWrite(session ?? new SessionId(UInt128.MaxValue), 0, null, null), hold);
        await Deadline.Within(hold._held.Task, "the writer to be held");
        return hold;
    }

    public void OnWritten(object request, WriteOutcome outcome)
    {
        _held.SetResult(true);
        _free.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("the writer was held and never let go");
    }

    public void Dispose() => _free.Set();
}
