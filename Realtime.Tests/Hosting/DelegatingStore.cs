using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Hosting;

/// <summary>A working store whose health the test says, and that counts the session state it is given.</summary>
internal sealed class DelegatingStore(IStore inner) : IStore
{
    private long _stateBytes;

    /// <summary>Bytes of keys and values in all rows of sessions that were written.</summary>
    public long StateBytes => Interlocked.Read(ref _stateBytes);

    public string Description => inner.Description;

    public bool IsDurable => inner.IsDurable;

    public StoreHealth Health { get; set; } = new(true, null);

    public ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellation = default) => inner.OpenAsync(cancellation);

    public ValueTask<OpenLog> OpenAsync(ChannelName channel, ShardFence? fence = null, CancellationToken cancellation = default) => inner.OpenAsync(channel, fence, cancellation);

    public void Append(AppendRequest request, IWriteReceiver receiver) => inner.Append(request, receiver);

    public ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation = default) =>
        inner.ReadAsync(log, after, limit, maxBytes, cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation = default) => inner.OffsetBeforeAsync(log, at, cancellation);

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation = default) =>
        inner.OldestAsync(after, limit, cancellation);

    public ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation = default) => inner.HeadAsync(log, cancellation);

    public ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default) => inner.LoadAsync(session, cancellation);

    public void Put(SessionWrite write, IWriteReceiver receiver)
    {
        Interlocked.Add(ref _stateBytes, write.Record?.State.Sum(entry => (long)entry.Key.Length + entry.Value.Bytes.Length) ?? 0);
        inner.Put(write, receiver);
    }

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default) =>
        inner.AttachedAsync(shards, after, limit, cancellation);

    public ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default) => inner.SweepAsync(now, limit, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
