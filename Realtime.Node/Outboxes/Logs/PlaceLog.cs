using System.Security.Cryptography;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Outboxes.Core;
using Realtime.Node.Events;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Outboxes.Logs;

/// <summary>
/// How far one target has come on one outbox, on a log of its own. Each write names where the log ended for this worker, so of two workers only the later one goes on: the other's next write is refused.
/// </summary>
internal sealed class PlaceLog(DeliveryChannels channels, OutboxPartition partition, string target, TimeProvider time)
{
    private const int PageMessages = 64;
    private const int PageBytes = 1024 * 1024;

    private readonly ChannelName _log = LogOf(partition, target);
    private readonly ProducerId _writer = ProducerId.OfServer(RandomNumberGenerator.GetBytes(18));
    private StreamPosition _end;
    private long _checkpoint;
    private long _sequence;

    public static ChannelName LogOf(OutboxPartition partition, string target) => ServerLogs.Channel(ServerLogs.Places, $"{partition.Number}-{target}");

    /// <summary>Reads it and takes it over.</summary>
    /// <param name="before">How old what it gets may be, if it has no place yet.</param>
    public async Task<(Checkpoint? Checkpoint, Place Place)> TakeAsync(TimeSpan before, CancellationToken cancellation)
    {
        var end = await channels.EndAsync(_log, cancellation).ConfigureAwait(false);
        _end = end.Head;
        var last = await LastPlaceAsync(cancellation).ConfigureAwait(false);
        _checkpoint = last?.Checkpoint ?? 0;
        var place = last?.Place ?? new Place(default, [], (time.GetUtcNow() - before).ToUnixTimeMilliseconds());
        var checkpoint = _checkpoint > 0 ? await CheckpointAsync(cancellation).ConfigureAwait(false) : null;
        await AppendAsync(PlaceRecord.Write(place, _checkpoint), cancellation).ConfigureAwait(false);
        return (checkpoint, place);
    }

    /// <exception cref="PlaceTakenException">Another worker has taken it over.</exception>
    public async Task WriteAsync(PlaceMark mark, CancellationToken cancellation)
    {
        if (mark.Checkpoint is { } checkpoint)
        {
            var first = _end.Offset + 1;
            foreach (var page in PlaceRecord.Write(checkpoint))
            {
                await AppendAsync(page, cancellation).ConfigureAwait(false);
            }

            _checkpoint = first;
        }

        await AppendAsync(PlaceRecord.Write(mark.Place, _checkpoint), cancellation).ConfigureAwait(false);
    }

    private async Task AppendAsync(Payload record, CancellationToken cancellation) =>
        _end = await channels.PublishAsync(_log, record, _writer, ++_sequence, _end, cancellation).ConfigureAwait(false);

    /// <summary>Nearly always the last record; behind it there may be pages of a checkpoint that was not written to its end.</summary>
    private async Task<PlaceRecord.At?> LastPlaceAsync(CancellationToken cancellation)
    {
        for (var high = _end.Offset; high > 0; high -= PageMessages)
        {
            PlaceRecord.At? found = null;
            var after = _end with { Offset = Math.Max(0, high - PageMessages) };
            while (after.Offset < high)
            {
                var page = await channels.ReadAsync(_log, after, (int)(high - after.Offset), PageBytes, cancellation).ConfigureAwait(false);
                foreach (var message in page.Messages)
                {
                    found = PlaceRecord.Read(message.Payload) as PlaceRecord.At ?? found;
                }

                var through = page.Messages.Count > 0 ? page.Messages[^1].Offset : page.Gap?.Position.Offset ?? high;
                after = after with { Offset = Math.Max(through, after.Offset + 1) };
            }

            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private async Task<Checkpoint?> CheckpointAsync(CancellationToken cancellation)
    {
        var (stand, pending) = (new List<EventReport>(), new List<ApplicationEvent>());
        var after = _end with { Offset = _checkpoint - 1 };
        while (true)
        {
            var page = await channels.ReadAsync(_log, after, PageMessages, PageBytes, cancellation).ConfigureAwait(false);
            if (page.Gap is not null || page.Messages.Count == 0)
            {
                // Trimmed away: what the outbox still holds has to do.
                return null;
            }

            foreach (var message in page.Messages)
            {
                if (PlaceRecord.Read(message.Payload) is not PlaceRecord.Page part)
                {
                    return null;
                }

                stand.AddRange(part.Part.Stand);
                pending.AddRange(part.Part.Pending);
                if (part.IsLast)
                {
                    return new Checkpoint(part.Part.Read, stand, pending);
                }

                after = after with { Offset = message.Offset };
            }
        }
    }
}
