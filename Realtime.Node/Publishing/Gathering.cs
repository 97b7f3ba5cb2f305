using Realtime.Messages.Channels;

namespace Realtime.Node.Publishing;

/// <summary>Messages of one request that are published together, each with a result of its own for each of its channels.</summary>
internal sealed class Gathering : IPublishWaiter
{
    private readonly List<PublishResult> _results = [];
    private readonly List<PublishOrder> _orders = [];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<PublishResult> Results => _results;

    public void Add(PublishFault fault) => _results.Add(new PublishResult(null, null, fault));

    public void Add(Publisher publisher, PublishItem item, IPublishCaller caller)
    {
        foreach (var channel in item.Channels)
        {
            var fault = publisher.Check(item, channel, caller);
            if (fault is null)
            {
                _orders.Add(publisher.Order(item, channel, caller, this, _results.Count));
            }

            _results.Add(new PublishResult(channel, null, fault));
        }
    }

    /// <summary>Publishes all of them, and waits for the answers.</summary>
    public Task PublishAsync(Publisher publisher)
    {
        _open = _orders.Count;
        if (_open == 0)
        {
            return Task.CompletedTask;
        }

        publisher.Send(_orders);
        return _all.Task;
    }

    void IPublishWaiter.Answered(PublishOrder order, ChannelReply? reply)
    {
        _results[order.Number] = PublishResult.Of(order.Publish.Channel, reply);
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _all.TrySetResult();
        }
    }
}
