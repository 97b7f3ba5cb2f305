using System.Globalization;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;

namespace Realtime.Node.Schedules;

/// <summary>The logs of schedules: one for each hour in which something is due, and one that names those hours.</summary>
internal sealed class ScheduleLog(ChannelAsks channels, Publisher publisher)
{
    private const int PageMessages = 1_000;
    private const int PageBytes = 512 * 1024;
    private const long TrimStep = 20_000;
    private const string Begun = "hour";
    private const string Over = "over";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Payload Nothing = new("null"u8.ToArray());

    /// <summary>Names the hours that have a log, and those that are over.</summary>
    public static ChannelName Hours { get; } = ServerLogs.Channel(ServerLogs.Schedule, "hours");

    public static ChannelName Of(int hour) => ServerLogs.Channel(ServerLogs.Schedule, hour.ToString(CultureInfo.InvariantCulture));

    /// <summary>Some messages of a log, and where to go on.</summary>
    public sealed record Page(IReadOnlyList<LogMessage> Messages, StreamPosition Next, bool IsLast);

    /// <returns>Of the request in its order; null: no answer came in time.</returns>
    public Task<IReadOnlyList<ChannelReply?>> WriteAsync(IReadOnlyList<ChannelRequest.Publish> records) => publisher.SendAsync(records);

    /// <returns>Null: it is written.</returns>
    public async Task<RequestFault?> BeginAsync(int hour) => Fault(await WriteAsync([Mark(Begun, hour)]).ConfigureAwait(false));

    /// <summary>The hour is over: nothing of it is read any more.</summary>
    public async Task<bool> EndAsync(int hour)
    {
        if (Fault(await WriteAsync([Mark(Over, hour)]).ConfigureAwait(false)) is not null)
        {
            return false;
        }

        var log = Of(hour);
        for (var through = TrimStep; ; through += TrimStep)
        {
            if (await channels.RepeatAsync(new ChannelRequest.Trim(log, ChannelAsks.Tag, through), Patience).ConfigureAwait(false) is not ChannelReply.Noted
                || await PageAsync(log, default, 1).ConfigureAwait(false) is not { IsLast: false })
            {
                // What is left goes when it is past its age.
                return true;
            }
        }
    }

    /// <summary>Changes the set of hours by what a message says.</summary>
    public static void Apply(LogMessage message, SortedSet<int> hours)
    {
        foreach (var (name, value) in message.Tags)
        {
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var hour))
            {
                _ = name is Begun ? hours.Add(hour) : name is Over && hours.Remove(hour);
            }
        }
    }

    /// <param name="after">None: from the first one on.</param>
    /// <returns>Null: it cannot be read now.</returns>
    public async Task<Page?> PageAsync(ChannelName log, StreamPosition after, int most = PageMessages)
    {
        if (await channels.RepeatAsync(new ChannelRequest.Read(log, ChannelAsks.Tag, after, most, PageBytes), Patience).ConfigureAwait(false) is not ChannelReply.Page page)
        {
            return null;
        }

        var next = page.Messages.Count > 0 ? new StreamPosition(page.Head.Epoch, page.Messages[^1].Offset) : page.Gap?.Position ?? page.After;
        return new Page(page.Messages, next, next.Epoch == page.Head.Epoch && next.Offset >= page.Head.Offset);
    }

    /// <returns>Null: there is none, or it cannot be read now.</returns>
    public async Task<LogMessage?> ReadAsync(ChannelName log, StreamPosition position) =>
        await PageAsync(log, position with { Offset = position.Offset - 1 }, 1).ConfigureAwait(false) is { Messages: [var message, ..] } && message.Offset == position.Offset ? message : null;

    private static ChannelRequest.Publish Mark(string name, int hour) =>
        new(Hours, 0, Nothing, default, null) { Tags = [new(name, hour.ToString(CultureInfo.InvariantCulture))] };

    private static RequestFault? Fault(IReadOnlyList<ChannelReply?> replies) => PublishResult.Of(Hours, replies[0]).Fault;
}
