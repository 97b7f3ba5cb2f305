using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>
/// Reads the book back, page by page: first which hours there are, and then hour by hour. What stands in an hour counts when all of it is read, since what became of something stands behind it.
/// </summary>
internal sealed class ScheduleReading(ScheduleBook book)
{
    private readonly SortedSet<int> _hours = [];
    private readonly List<(ScheduleRecord Record, StreamPosition Position)> _staged = [];
    private readonly Dictionary<int, StreamPosition> _ends = [];
    private int? _hour;

    public bool IsDone { get; private set; }

    /// <summary>What is to be read next.</summary>
    public ChannelName Log => _hour is { } hour ? ScheduleLog.Of(hour) : ScheduleLog.Hours;

    public StreamPosition After { get; private set; }

    /// <returns>The hour that is whole with this page, and in the book; null: none is.</returns>
    public int? Take(ScheduleLog.Page page)
    {
        After = page.Next;
        foreach (var message in page.Messages)
        {
            if (_hour is null)
            {
                ScheduleLog.Apply(message, _hours);
            }
            else if (ScheduleRecord.Read(message) is { } record)
            {
                // Its message stays in the log.
                _staged.Add((record is ScheduleRecord.Made made ? made with { Item = null! } : record, new StreamPosition(page.Next.Epoch, message.Offset)));
            }
        }

        if (!page.IsLast)
        {
            return null;
        }

        var whole = _hour;
        if (whole is { } hour)
        {
            _ends[hour] = page.Next;
            Restore();
        }

        Next();
        return whole;
    }

    /// <summary>Reads once more what came since: a write of a scheduler before, which is gone, may have arrived late.</summary>
    public void LookBehind()
    {
        _hours.UnionWith(_ends.Keys);
        Next();
    }

    private void Next()
    {
        _hour = _hours.Count > 0 ? _hours.Min : null;
        IsDone = _hour is null;
        _hours.Remove(_hour ?? 0);
        After = _hour is { } hour ? _ends.GetValueOrDefault(hour) : default;
    }

    private void Restore()
    {
        foreach (var (record, position) in _staged)
        {
            switch (record)
            {
                case ScheduleRecord.Made made:
                    book.Restore(made.Entry, position);
                    break;
                case ScheduleRecord.Claimed claimed:
                    book.RestoreClaim(claimed.Id, claimed.At);
                    break;
                case ScheduleRecord.Ended ended:
                    book.RestoreEnd(ended.Id, ended.End, ended.At);
                    break;
                default:
                    throw new InvalidOperationException($"{record.GetType()} is no record of a schedule.");
            }
        }

        _staged.Clear();
    }
}
