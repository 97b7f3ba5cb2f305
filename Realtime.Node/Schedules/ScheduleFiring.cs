using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>
/// Publishes what is due on one channel: claims it in its log, publishes it with a number of its own, and writes what became of it. Each step can be repeated by whoever comes after a lost
/// node, and happens once. It goes on until all of it is written.
/// </summary>
/// <param name="window">How long channels recognise a repeat.</param>
internal sealed class ScheduleFiring(ScheduleLog log, Publisher publisher, SessionActions sessions, TimeProvider time, TimeSpan window)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>A repeat that is on its way must arrive within the window, too.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly ScheduleMessages _messages = new(log);

    /// <exception cref="OperationCanceledException">Somebody else goes on.</exception>
    public async Task<IReadOnlyList<FiringResult>> FireAsync(IReadOnlyList<ScheduleEntry> entries, CancellationToken stop)
    {
        var open = entries.Select(entry => new Shot(entry)).ToList();
        var results = new List<FiringResult>(open.Count);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            stop.ThrowIfCancellationRequested();
            await ClaimAsync(open).ConfigureAwait(false);
            if (await ReadAsync(open).ConfigureAwait(false))
            {
                await PublishAsync(open, stop).ConfigureAwait(false);
            }

            await NoteAsync(open).ConfigureAwait(false);
            results.AddRange(open.Where(shot => shot.IsNoted).Select(shot => new FiringResult(shot.Entry, shot.End!.Value, Now)));
            open.RemoveAll(shot => shot.IsNoted);
            if (open.Count == 0)
            {
                return results;
            }

            await Task.Delay(pause, time, stop).ConfigureAwait(false);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Of a claim and a cancellation the log takes one. What is too late already is not claimed.</summary>
    private async Task ClaimAsync(List<Shot> open)
    {
        var now = Now;
        List<(Shot Shot, ScheduleEnd? End)> unclaimed =
            [.. open.Where(shot => shot.ClaimedAt is null && shot.End is null).Select(shot => (shot, shot.Entry.HasExpired(now) ? new ScheduleEnd(ScheduleState.Expired) : (ScheduleEnd?)null))];
        var replies = await log.WriteAsync(
            [.. unclaimed.Select(one => one.End is { } end ? ScheduleRecord.EndUnclaimed(one.Shot.Entry.Id, end) : ScheduleRecord.Claim(one.Shot.Entry.Id))]).ConfigureAwait(false);
        foreach (var ((shot, end), reply) in unclaimed.Zip(replies))
        {
            if (reply is ChannelReply.Published { IsRepeat: true, Position: { } at })
            {
                await FollowAsync(shot, at).ConfigureAwait(false);
            }
            else if (reply is ChannelReply.Published)
            {
                shot.ClaimedAt = Now;
                (shot.End, shot.IsNoted) = (end, end is not null);
            }
        }
    }

    /// <summary>Somebody was there first: a cancellation, or one who claimed it and was lost.</summary>
    private async Task FollowAsync(Shot shot, StreamPosition at)
    {
        switch (await log.ReadAsync(ScheduleLog.Of(shot.Entry.Id.Hour), at).ConfigureAwait(false) is { } message ? ScheduleRecord.Read(message) : null)
        {
            case ScheduleRecord.Claimed claimed:
                (shot.ClaimedAt, shot.MayBePublished) = (claimed.At, true);
                break;
            case ScheduleRecord.Ended ended:
                (shot.End, shot.IsNoted) = (ended.End, true);
                break;
            default:
                break;
        }
    }

    private async Task<bool> ReadAsync(List<Shot> open)
    {
        foreach (var hour in open.Where(shot => shot.IsToPublish && shot.Item is null).GroupBy(shot => shot.Entry.Id.Hour).ToList())
        {
            if (await _messages.ReadAsync(ScheduleLog.Of(hour.Key), [.. hour.Select(shot => shot.Entry.Position)]).ConfigureAwait(false) is not { } messages)
            {
                return false;
            }

            foreach (var (shot, message) in hour.Zip(messages))
            {
                if (message is not null && ScheduleRecord.Read(message) is ScheduleRecord.Made made && made.Id == shot.Entry.Id)
                {
                    shot.Item = made.Item;
                }
                else
                {
                    shot.End = Refusal(ErrorCode.Internal, "its message cannot be read");
                }
            }
        }

        return true;
    }

    private async Task PublishAsync(List<Shot> open, CancellationToken stop)
    {
        var now = Now;
        foreach (var shot in open.Where(shot => shot.IsToPublish))
        {
            shot.End = shot.MayBePublished && now - shot.ClaimedAt > (window - Margin).TotalMilliseconds
                    ? new ScheduleEnd(ScheduleState.Unknown, Detail: "it was begun before, and it is too late to learn whether it was published")
                : shot.MayBePublished ? null
                : shot.Entry.HasExpired(now) ? new ScheduleEnd(ScheduleState.Expired)
                : publisher.Check(shot.Item!, shot.Entry.Channel, Server.Instance) is { } fault ? Refusal(fault.Code, fault.Detail)
                : null;
        }

        List<Shot> ready = [.. open.Where(shot => shot.IsToPublish)];
        if (ready.Count == 0 || !await OpenAsync(ready, stop).ConfigureAwait(false))
        {
            return;
        }

        ready.RemoveAll(shot => !shot.IsToPublish);
        var replies = await log.WriteAsync([.. ready.Select(Publish)]).ConfigureAwait(false);
        foreach (var (shot, reply) in ready.Zip(replies))
        {
            shot.MayBePublished |= reply is null or ChannelReply.Refused { Outcome: Outcome.Unknown };
            shot.End = reply switch
            {
                ChannelReply.Published published => new ScheduleEnd(ScheduleState.Fired, published.Position?.ToString()),
                ChannelReply.Refused { Code: ErrorCode.Unavailable or ErrorCode.StorageFull or ErrorCode.RateLimited or ErrorCode.TooMany or ErrorCode.Timeout } => null,
                ChannelReply.Refused { Code: ErrorCode.SeqExpired } refused => new ScheduleEnd(ScheduleState.Unknown, Code: ErrorRegistry.NameOf(refused.Code), Detail: refused.Message),
                // Within the window the channel would have known it, had it been published before.
                ChannelReply.Refused refused => Refusal(refused.Code, refused.Message),
                _ => null,
            };
        }
    }

    /// <summary>A session has to have the channel of its own first.</summary>
    private async Task<bool> OpenAsync(List<Shot> ready, CancellationToken stop)
    {
        var channel = ready[0].Entry.Channel;
        if (channel.Namespace != ServerLogs.Session || !SessionId.TryParse(channel.Value.AsSpan(ServerLogs.Session.Length + 1), out var session))
        {
            return true;
        }

        switch (await sessions.OpenAsync(session, stop).ConfigureAwait(false))
        {
            case null:
                return true;
            case { Code: ErrorCode.NotFound } fault:
                ready.ForEach(shot => shot.End = Refusal(fault.Code, fault.Detail));
                return true;
            default:
                return false;
        }
    }

    private async Task NoteAsync(List<Shot> open)
    {
        List<Shot> ended = [.. open.Where(shot => shot is { End: not null, IsNoted: false })];
        var replies = await log.WriteAsync([.. ended.Select(shot => ScheduleRecord.EndClaimed(shot.Entry.Id, shot.End!.Value))]).ConfigureAwait(false);
        foreach (var (shot, reply) in ended.Zip(replies))
        {
            shot.IsNoted = reply is ChannelReply.Published;
        }
    }

    private static ChannelRequest.Publish Publish(Shot shot) => new(shot.Entry.Channel, 0, shot.Item!.Payload, default, null)
    {
        Tags = shot.Item.Tags,
        Expected = shot.Item.Expected,
        Except = shot.Item.Except,
        Expires = shot.Entry.TimeToLive is { } ttl ? shot.Entry.Due + ttl : null,
        Producer = shot.Entry.Id.Producer,
        Sequence = 1,
    };

    private static ScheduleEnd Refusal(ErrorCode code, string why) => new(ScheduleState.Refused, Code: ErrorRegistry.NameOf(code), Detail: why);

    /// <summary>Who made it was asked when it was made.</summary>
    private sealed class Server : IPublishCaller
    {
        public static Server Instance { get; } = new();

        public string Id => "";

        public bool Reaches(ChannelName channel) => true;
    }

    private sealed class Shot(ScheduleEntry entry)
    {
        public ScheduleEntry Entry => entry;

        public long? ClaimedAt { get; set; } = entry.ClaimedAt;

        /// <summary>An attempt was made of which nobody knows how it ended.</summary>
        public bool MayBePublished { get; set; } = entry.ClaimedAt is not null;

        public PublishItem? Item { get; set; }

        public ScheduleEnd? End { get; set; }

        public bool IsNoted { get; set; }

        public bool IsToPublish => ClaimedAt is not null && End is null;
    }
}
