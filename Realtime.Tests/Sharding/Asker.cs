using System.Collections.Concurrent;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Sharding;

/// <summary>Asks one entity from one node, several questions under way at a time, and keeps the answers.</summary>
internal sealed class Asker(EngineNode node, EntityAddress address, string name) : IReplyReceiver
{
    private readonly SemaphoreSlim _underWay = new(16);
    private readonly ConcurrentDictionary<long, EntityReply> _answers = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sent;
    private bool _stopping;

    public ProducerId Producer { get; } = ProducerId.FromStore(name);

    public EntityAddress Address => address;

    public long Sent => Interlocked.Read(ref _sent);

    public IReadOnlyDictionary<long, EntityReply> Answers => _answers;

    public int TwiceAnswered { get; private set; }

    public Task Done => _done.Task;

    /// <summary>Asks until stopped, then waits for the last answers.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _underWay.WaitAsync(CancellationToken.None);
            var sequence = Interlocked.Increment(ref _sent);
            node.Engine.Ask(
                address, new ChannelRequest.Publish(new Payload("1"u8.ToArray()), default, null) { Producer = Producer, Sequence = sequence }, this, sequence);
        }

        Volatile.Write(ref _stopping, true);
        if (_answers.Count == Sent)
        {
            _done.TrySetResult();
        }
    }

    public void OnReply(long tag, EntityReply reply)
    {
        if (!_answers.TryAdd(tag, reply))
        {
            TwiceAnswered++;
        }

        _underWay.Release();
        if (Volatile.Read(ref _stopping) && _answers.Count == Sent)
        {
            _done.TrySetResult();
        }
    }
}
