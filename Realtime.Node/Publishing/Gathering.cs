using Realtime.Messages.Channels;
using Realtime.Node.Asking;

namespace Realtime.Node.Publishing;

/// <summary>Messages of one request that are published together, each with a result of its own for each of its channels.</summary>
/// <param name="scheduler">For those that have a time.</param>
internal sealed class Gathering(IPublishScheduler scheduler) : IPublishWaiter
{
    private readonly List<PublishResult> _results = [];
    private readonly List<PublishOrder> _orders = [];
    private readonly List<(int Number, Task<PublishResult> Result)> _scheduled = [];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<PublishResult> Results => _results;

    public void Add(RequestFault fault) => _results.Add(new PublishResult(null, null, fault));

    public void Add(Publisher publisher, PublishItem item, IPublishCaller caller)
    {
        foreach (var channel in item.Channels)
        {
            var fault = publisher.Check(item, channel, caller);
            if (fault is null && item.At is not null)
            {
                _scheduled.Add((_results.Count, scheduler.ScheduleAsync(item, channel, caller)));
            }
            else if (fault is null)
            {
                _orders.Add(publisher.Order(item, channel, caller, this, _results.Count));
            }

            _results.Add(new PublishResult(channel, null, fault));
        }
    }

    /// <summary>Publishes all of them, and waits for the answers.</summary>
    public async Task PublishAsync(Publisher publisher)
    {
        _open = _orders.Count;
        if (_open > 0)
        {
            publisher.Send(_orders);
            await _all.Task.ConfigureAwait(false);
        }

        foreach (var (number, result) in _scheduled)
        {
            _results[number] = await result.ConfigureAwait(false);
        }
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
