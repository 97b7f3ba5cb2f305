using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Journal;

/// <summary>One store under test, with short words for what tests do to it.</summary>
internal abstract class StoreCase : IAsyncDisposable
{
    public StoreClock Clock { get; } = new();

    public IStore Store { get; protected set; } = null!;

    public StoreIdentity Identity { get; protected set; } = null!;

    /// <summary>The same store as a cluster's nodes see it.</summary>
    public IClusterStore Cluster => (IClusterStore)Store;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public abstract Task StartAsync();

    /// <summary>Closes and opens again, where closing means anything.</summary>
    public abstract Task ReopenAsync();

    /// <summary>
    /// Another handle on the same data, as another node would have, closed with the case; the first one where handles share everything.
    /// </summary>
    public abstract Task<IStore> SecondAsync();

    /// <summary>What is handed in until the result is disposed shares one commit, where there are commits.</summary>
    public abstract Task<IDisposable> HoldAsync();

    public ValueTask<OpenLog> OpenAsync(string channel, ShardFence? fence = null) => Store.OpenAsync(ChannelName.Parse(channel), fence, Cancellation);

    public ValueTask<LogSlice> ReadAsync(LogId log, long after = 0, int limit = int.MaxValue, int maxBytes = int.MaxValue) =>
        Store.ReadAsync(log, after, limit, maxBytes, Cancellation);

    public ValueTask<LogSlice> HeadAsync(LogId log) => Store.HeadAsync(log, Cancellation);

    public ValueTask<long> OffsetBeforeAsync(LogId log, long at) => Store.OffsetBeforeAsync(log, at, Cancellation);

    public ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit) => Store.OldestAsync(after, limit, Cancellation);

    public ValueTask<StoredSession?> LoadAsync(SessionId session) => Store.LoadAsync(session, Cancellation);

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(SessionId after, int limit) => Store.AttachedAsync(null, after, limit, Cancellation);

    public ValueTask<int> SweepAsync(long now, int limit) => Store.SweepAsync(now, limit, Cancellation);

    public Task<WriteOutcome> Append(AppendRequest request, IStore? through = null)
    {
        var outcome = new OutcomeOf(request);
        (through ?? Store).Append(request, outcome);
        return outcome.Task;
    }

    /// <summary>Appends messages with these texts.</summary>
    public Task<WriteOutcome> Append(LogId log, long expectedHead, params string[] texts) =>
        Append(new AppendRequest(log, expectedHead, [.. texts.Select((text, i) => Message(expectedHead + i + 1, text))], []));

    /// <summary>Appends one message under a fence.</summary>
    public Task<WriteOutcome> Append(LogId log, long expectedHead, string text, ShardFence fence, IStore? through = null) =>
        Append(new AppendRequest(log, expectedHead, [Message(expectedHead + 1, text)], []) { Fence = fence }, through);

    public Task<WriteOutcome> Trim(LogId log, long head, long tail) => Append(new AppendRequest(log, head, [], [], tail));

    public Task<WriteOutcome> Put(SessionWrite write, IStore? through = null)
    {
        var outcome = new OutcomeOf(write);
        (through ?? Store).Put(write, outcome);
        return outcome.Task;
    }

    public LogMessage Message(long offset, string text) =>
        new(offset, new Payload(System.Text.Encoding.UTF8.GetBytes(text)), Clock.Now);

    public ProducerMark Mark(string producer, long count, long sequence, long offset) =>
        new(ProducerId.FromStore(producer), count, sequence, offset, Clock.Now);

    public static string[] Texts(LogSlice slice) =>
        [.. slice.Messages.Select(message => System.Text.Encoding.UTF8.GetString(message.Payload.Bytes.Span))];

    public abstract ValueTask DisposeAsync();
}
