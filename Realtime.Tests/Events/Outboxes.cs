using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Events;

namespace Realtime.Tests.Events;

/// <summary>All that is on the outboxes of a cluster, read from their beginning.</summary>
internal static class Outboxes
{
    /// <summary>What the application learns of, in the order of each entity.</summary>
    public static async Task<List<ApplicationEvent>> EventsAsync(IActorRef channels) => (await ReadAsync(channels)).Events;

    public static async Task<(List<ApplicationEvent> Events, List<EventFold> Folds, int Reports)> ReadAsync(IActorRef channels)
    {
        var events = new List<ApplicationEvent>();
        var folds = new List<EventFold>();
        var reports = 0;
        foreach (var partition in OutboxPartition.All)
        {
            var fold = new EventFold();
            folds.Add(fold);
            foreach (var (place, message) in await MessagesAsync(channels, partition.Log))
            {
                reports++;
                if (EventReport.Read(message.Payload) is { } report && fold.Take(partition, place, message.At, report) is { } happened)
                {
                    events.Add(happened);
                }
            }
        }

        return (events, folds, reports);
    }

    /// <summary>As short texts, those of one session or channel in their order.</summary>
    public static async Task<List<string>> TextsAsync(IActorRef channels, Func<ApplicationEvent, bool> of) =>
        [.. (await EventsAsync(channels)).Where(of).Select(happened => happened.Reason is { } reason ? $"{happened.Kind} {reason}" : $"{happened.Kind}")];

    private static async Task<List<(StreamPosition Place, LogMessage Message)>> MessagesAsync(IActorRef channels, ChannelName log)
    {
        var messages = new List<(StreamPosition, LogMessage)>();
        var after = default(StreamPosition);
        while (true)
        {
            // An owner that moves answers nothing, or that it is to be asked again.
            object reply;
            try
            {
                reply = await channels.Ask<object>(new ChannelRequest.Read(log, 1, after, 1_000, 128 * 1024), TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            }
            catch (AskTimeoutException)
            {
                continue;
            }

            if (reply is not ChannelReply.Page page)
            {
                await Task.Yield();
                continue;
            }

            messages.AddRange(page.Messages.Select(message => (new StreamPosition(page.Head.Epoch, message.Offset), message)));
            after = page.Messages.Count > 0 ? messages[^1].Item1 : page.Gap?.Position ?? page.After;
            if (after.Epoch == page.Head.Epoch && after.Offset >= page.Head.Offset)
            {
                return messages;
            }
        }
    }
}
