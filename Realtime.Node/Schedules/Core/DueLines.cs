using Realtime.Messages.Ids;

namespace Realtime.Node.Schedules.Core;

/// <summary>
/// What waits for its time, in a line for each channel. Of a line some are taken at a time, and no more until they are done: so what is due on one channel goes out in the order of its due
/// times, and no channel waits for another.
/// </summary>
internal sealed class DueLines
{
    private readonly Dictionary<ChannelName, Line> _lines = [];

    /// <summary>Lines of which something may be taken, by what comes first in them.</summary>
    private readonly SortedSet<Line> _free = new(Comparer<Line>.Create(static (one, other) =>
        ScheduleOrder.Instance.Compare(one.First, other.First) is not 0 and var order ? order : string.CompareOrdinal(one.Channel.Value, other.Channel.Value)));

    public long? NextDue => _free.Min?.First!.Due;

    public void Add(ScheduleEntry entry)
    {
        if (!_lines.TryGetValue(entry.Channel, out var line))
        {
            _lines.Add(entry.Channel, line = new Line(entry.Channel));
        }
        else if (line.Waiting.Count > 0)
        {
            _free.Remove(line);
        }

        line.Waiting.Add(entry);
        Free(line);
    }

    /// <returns>False: it does not wait.</returns>
    public bool Remove(ScheduleEntry entry)
    {
        if (!_lines.TryGetValue(entry.Channel, out var line) || !line.Waiting.Contains(entry))
        {
            return false;
        }

        _free.Remove(line);
        line.Waiting.Remove(entry);
        Free(line);
        return true;
    }

    /// <summary>Takes what is due on the channel whose turn it is, in its order. Its line gives no more until <see cref="Release"/>.</summary>
    /// <returns>Empty: nothing is due that can be taken.</returns>
    public IReadOnlyList<ScheduleEntry> Take(long now, int most)
    {
        if (_free.Min is not { } line || line.First!.Due > now)
        {
            return [];
        }

        _free.Remove(line);
        line.IsTaken = true;
        List<ScheduleEntry> due = [.. line.Waiting.TakeWhile(entry => entry.Due <= now).Take(most)];
        due.ForEach(entry => line.Waiting.Remove(entry));
        return due;
    }

    public void Release(ChannelName channel)
    {
        var line = _lines[channel];
        line.IsTaken = false;
        Free(line);
    }

    private void Free(Line line)
    {
        if (line.IsTaken)
        {
            return;
        }

        if (line.Waiting.Count == 0)
        {
            _lines.Remove(line.Channel);
            return;
        }

        _free.Add(line);
    }

    private sealed class Line(ChannelName channel)
    {
        public ChannelName Channel => channel;

        public SortedSet<ScheduleEntry> Waiting { get; } = new(ScheduleOrder.Instance);

        public ScheduleEntry? First => Waiting.Min;

        public bool IsTaken { get; set; }
    }
}
