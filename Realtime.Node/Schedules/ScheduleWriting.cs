using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>Writes that something is scheduled or cancelled, until it is known whether that stands in the log.</summary>
internal sealed class ScheduleWriting(ScheduleLog log, TimeProvider time, CancellationToken stop)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <returns>Where it stands, or why it was not written.</returns>
    public async Task<(StreamPosition Position, RequestFault? Fault)> MakeAsync(ChannelRequest.Publish making)
    {
        var reply = await WriteAsync(making).ConfigureAwait(false);
        return reply is ChannelReply.Published { Position: { } position } ? (position, null) : (default, PublishResult.Of(making.Channel, reply).Fault);
    }

    /// <returns>Whether it is cancelled; else when it was claimed to be published, or why it is not written.</returns>
    public async Task<(bool IsCancelled, long? ClaimedAt, RequestFault? Fault)> CancelAsync(ScheduleId id)
    {
        var reply = await WriteAsync(ScheduleRecord.EndUnclaimed(id, new ScheduleEnd(ScheduleState.Cancelled))).ConfigureAwait(false);
        while (reply is ChannelReply.Published { IsRepeat: true, Position: { } first })
        {
            // It may be this very one, or a claim of one that was here before.
            if (await log.ReadAsync(ScheduleLog.Of(id.Hour), first).ConfigureAwait(false) is { } message)
            {
                return ScheduleRecord.Read(message) is ScheduleRecord.Claimed claimed ? (false, claimed.At, null) : (true, null, null);
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(false);
        }

        return reply is ChannelReply.Published ? (true, null, null) : (false, null, PublishResult.Of(ScheduleLog.Of(id.Hour), reply).Fault);
    }

    /// <summary>A refusal counts only while no attempt before it may have been stored.</summary>
    private async Task<ChannelReply> WriteAsync(ChannelRequest.Publish record)
    {
        for (var mayBeStored = false; ;)
        {
            var reply = (await log.WriteAsync([record]).ConfigureAwait(false))[0];
            mayBeStored |= reply is null or ChannelReply.Refused { Outcome: Outcome.Unknown };
            if (reply is ChannelReply.Published || (reply is not null && !mayBeStored))
            {
                return reply;
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(false);
        }
    }
}
