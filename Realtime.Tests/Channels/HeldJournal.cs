using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Channels;

/// <summary>A journal whose answers a test gives, on top of a model of one log.</summary>
internal sealed class HeldJournal(ModelLog log) : IJournal
{
    private readonly Lock _gate = new();
    private readonly Queue<(AppendRequest Request, IWriteReceiver Receiver)> _appends = [];
    private TaskCompletionSource? _hold;
    private TaskCompletionSource? _holdOpens;

    public ModelLog Log => log;

    /// <summary>What opening fails with.</summary>
    public Exception? Fault { get; set; }

    public ShardFence? OpenedWith { get; private set; }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _appends.Count;
            }
        }
    }

    /// <summary>Reads get no answer until they are let go.</summary>
    public TaskCompletionSource HoldReads() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opening gets no answer until it is let go.</summary>
    public TaskCompletionSource HoldOpens() => _holdOpens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Answer(WriteOutcome outcome)
    {
        (AppendRequest Request, IWriteReceiver Receiver) append;
        lock (_gate)
        {
            append = _appends.Dequeue();
            if (outcome is WriteOutcome.Committed)
            {
                log.Append(append.Request).ShouldBeTrue();
            }
        }

        append.Receiver.OnWritten(append.Request, outcome);
    }

    public async ValueTask<OpenLog> OpenAsync(ChannelName channel, ShardFence? fence = null, CancellationToken cancellation = default)
    {
        OpenedWith = fence;
        await (_holdOpens?.Task ?? Task.CompletedTask);
        lock (_gate)
        {
            return Fault is { } fault ? throw fault : log.Open();
        }
    }

    public void Append(AppendRequest request, IWriteReceiver receiver)
    {
        lock (_gate)
        {
            _appends.Enqueue((request, receiver));
        }
    }

    public async ValueTask<LogSlice> ReadAsync(LogId id, long after, int limit, int maxBytes, CancellationToken cancellation = default)
    {
        await (_hold?.Task ?? Task.CompletedTask);
        lock (_gate)
        {
            return log.Read(after, limit);
        }
    }

    public ValueTask<long> OffsetBeforeAsync(LogId id, long at, CancellationToken cancellation = default) => new(log.OffsetBefore(at));

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation = default) =>
        throw new NotSupportedException("one channel does not look at all logs");

    public ValueTask<LogSlice> HeadAsync(LogId id, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            return new(log.Read(log.Head, 1));
        }
    }
}
