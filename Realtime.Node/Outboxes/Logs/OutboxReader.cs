using Realtime.Messages.Positions;
using Realtime.Node.Outboxes.Core;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>Reads an outbox page by page, and waits where it ends: a little while it is busy, longer when it is quiet.</summary>
internal sealed class OutboxReader(DeliveryChannels channels, OutboxPartition partition, DeliveryPolicy policy, TimeProvider time)
{
    private const int PageMessages = 256;
    private const int PageBytes = 256 * 1024;

    /// <summary>Ends when there is something behind the position.</summary>
    public async Task<OutboxPage> NextAsync(StreamPosition after, CancellationToken cancellation)
    {
        var pause = policy.FirstLook;
        while (true)
        {
            var page = await channels.ReadAsync(partition.Log, after, PageMessages, PageBytes, cancellation).ConfigureAwait(false);
            var start = page.Gap?.Position ?? page.After;
            var through = page.Messages.Count > 0 ? new StreamPosition(page.Head.Epoch, page.Messages[^1].Offset) : start;
            if (page.Messages.Count > 0 || (page.Gap is not null && through != after))
            {
                return new OutboxPage(page.Head.Epoch, page.Messages, through, page.Gap is not null && !after.IsNone);
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            pause = pause * 2 < policy.LongestLook ? pause * 2 : policy.LongestLook;
        }
    }
}
