using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Schedules.Core;

/// <summary>
/// All scheduled publishes of the cluster, without their messages: what is due, what may be cancelled, how many there are. Pure: what it knows comes from the logs, and what it decides is
/// written there before it counts.
/// </summary>
internal sealed class ScheduleBook(ScheduleBounds bounds, int mostOver = 20_000)
{
    private readonly Dictionary<ScheduleId, ScheduleEntry> _byId = [];
    private readonly SortedSet<ScheduleEntry> _written = new(ScheduleOrder.Instance);
    private readonly DueLines _lines = new();
    private readonly Dictionary<string, int> _perOwner = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Owner, string Key, ChannelName Channel), ScheduleEntry> _byKey = [];
    private readonly Dictionary<int, Hour> _hours = [];
    private readonly Queue<ScheduleEntry> _over = new();

    /// <summary>Those that are not over.</summary>
    public int Pending { get; private set; }

    /// <summary>When something is due next that can be taken, milliseconds since 1970; null: never.</summary>
    public long? NextDue => _lines.NextDue;

    public ScheduleEntry? Find(ScheduleId id) => _byId.GetValueOrDefault(id);

    /// <summary>What this owner has scheduled with this key before.</summary>
    public ScheduleEntry? FindByKey(string owner, string key, ChannelName channel) => _byKey.GetValueOrDefault((owner, key, channel));

    /// <summary>Counts a new one, which is being written.</summary>
    /// <returns>Why it may not be; null: it is counted.</returns>
    public string? TryAdd(ScheduleEntry entry)
    {
        var hour = _hours.GetValueOrDefault(entry.Id.Hour);
        var fault = Pending >= bounds.Pending ? $"{bounds.Pending} publishes are scheduled, and no more may be."
            : _perOwner.GetValueOrDefault(entry.Owner) >= bounds.PendingPerKey ? $"This key has {bounds.PendingPerKey} publishes scheduled, and no more may be."
            : hour is not null && (hour.Count >= bounds.PerHour || hour.Bytes + entry.Size > bounds.BytesPerHour) ? "Too much is scheduled for that hour."
            : null;
        if (fault is null)
        {
            Count(entry);
        }

        return fault;
    }

    /// <summary>It stands in its log.</summary>
    public void Written(ScheduleEntry entry, StreamPosition position)
    {
        entry.Position = position;
        entry.State = ScheduleState.Pending;
        _written.Add(entry);
        _lines.Add(entry);
    }

    /// <summary>It could not be written.</summary>
    public void Drop(ScheduleEntry entry)
    {
        _byId.Remove(entry.Id);
        ForgetKey(entry);
        Uncount(entry);
        var hour = _hours[entry.Id.Hour];
        hour.Count--;
        hour.Open--;
        hour.Bytes -= entry.Size;
    }

    /// <summary>Reads one back from its log.</summary>
    public void Restore(ScheduleEntry entry, StreamPosition position)
    {
        if (!_byId.ContainsKey(entry.Id))
        {
            Count(entry);
            Written(entry, position);
        }
    }

    /// <summary>Reads back that it was claimed to be published. What is done to it here counts more.</summary>
    public void RestoreClaim(ScheduleId id, long at)
    {
        if (_byId.GetValueOrDefault(id) is { State: ScheduleState.Pending } entry)
        {
            entry.ClaimedAt ??= at;
        }
    }

    /// <summary>Reads back what became of it. The first end counts.</summary>
    public void RestoreEnd(ScheduleId id, ScheduleEnd end, long at)
    {
        if (_byId.GetValueOrDefault(id) is { State: ScheduleState.Pending } entry && _lines.Remove(entry))
        {
            Finish(entry, end, at);
        }
    }

    /// <summary>Takes what is due on one channel, in its order, to be published; the channel's others wait until <see cref="Release"/>.</summary>
    public IReadOnlyList<ScheduleEntry> Take(long now, int most)
    {
        var due = _lines.Take(now, most);
        foreach (var entry in due)
        {
            entry.State = ScheduleState.Firing;
        }

        return due;
    }

    public void Release(ChannelName channel) => _lines.Release(channel);

    /// <summary>It is over. Not for what waits in its line: that is taken or being cancelled first.</summary>
    public void Finish(ScheduleEntry entry, ScheduleEnd end, long at)
    {
        (entry.State, entry.End) = (end.State, end);
        Uncount(entry);
        var hour = _hours[entry.Id.Hour];
        hour.Open--;
        hour.ChangedAt = Math.Max(hour.ChangedAt, at);
        _over.Enqueue(entry);
        while (_over.Count > mostOver)
        {
            Forget(_over.Dequeue());
        }
    }

    /// <summary>It is due no more while its cancellation is written.</summary>
    /// <returns>False: it is being published, being written, or over.</returns>
    public bool TryCancel(ScheduleEntry entry)
    {
        if (entry.State is not ScheduleState.Pending || !_lines.Remove(entry))
        {
            return false;
        }

        entry.State = ScheduleState.Cancelling;
        return true;
    }

    /// <summary>The cancellation was not written: it is due at its time again.</summary>
    public void TakeBackCancel(ScheduleEntry entry)
    {
        entry.State = ScheduleState.Pending;
        _lines.Add(entry);
    }

    /// <summary>In the order of due time.</summary>
    /// <param name="after">Due time and offset of the last one before; null: from the first on.</param>
    /// <returns>The page, and whether more follows.</returns>
    public (IReadOnlyList<ScheduleEntry> Entries, bool More) List(string prefix, ScheduleState? state, (long Due, long Offset)? after, int most)
    {
        var page = new List<ScheduleEntry>();
        var from = after is { } last ? _written.GetViewBetween(Probe(last.Due, last.Offset + 1), Probe(long.MaxValue, long.MaxValue)) : _written;
        foreach (var entry in from)
        {
            if ((state is null || entry.State == state) && entry.Channel.Value.StartsWith(prefix, StringComparison.Ordinal))
            {
                if (page.Count == most)
                {
                    return (page, true);
                }

                page.Add(entry);
            }
        }

        return (page, false);
    }

    /// <summary>Hours in which nothing is open any more and nothing has changed for so long.</summary>
    public IReadOnlyList<int> HoursOver(long now, TimeSpan keep) =>
        [.. _hours.Where(hour => hour.Value.Open == 0 && Math.Max(ScheduleId.EndOf(hour.Key), hour.Value.ChangedAt) + (long)keep.TotalMilliseconds <= now).Select(hour => hour.Key)];

    public void ForgetHour(int hour)
    {
        _hours.Remove(hour);
        foreach (var entry in _byId.Values.Where(entry => entry.Id.Hour == hour).ToList())
        {
            Forget(entry);
        }
    }

    private void Count(ScheduleEntry entry)
    {
        _byId.Add(entry.Id, entry);
        if (entry.Key is { } key)
        {
            _byKey[(entry.Owner, key, entry.Channel)] = entry;
        }

        Pending++;
        _perOwner[entry.Owner] = _perOwner.GetValueOrDefault(entry.Owner) + 1;
        if (!_hours.TryGetValue(entry.Id.Hour, out var hour))
        {
            _hours.Add(entry.Id.Hour, hour = new Hour());
        }

        hour.Count++;
        hour.Open++;
        hour.Bytes += entry.Size;
    }

    private void Uncount(ScheduleEntry entry)
    {
        Pending--;
        if (--_perOwner[entry.Owner] == 0)
        {
            _perOwner.Remove(entry.Owner);
        }
    }

    private void Forget(ScheduleEntry entry)
    {
        _byId.Remove(entry.Id);
        _written.Remove(entry);
        ForgetKey(entry);
    }

    private void ForgetKey(ScheduleEntry entry)
    {
        if (entry.Key is { } key && _byKey.GetValueOrDefault((entry.Owner, key, entry.Channel)) == entry)
        {
            _byKey.Remove((entry.Owner, key, entry.Channel));
        }
    }

    private static ScheduleEntry Probe(long due, long offset) => new(default, default, due, "", 0) { Position = new StreamPosition(default, offset) };

    private sealed class Hour
    {
        public int Count { get; set; }

        public int Open { get; set; }

        public long Bytes { get; set; }

        public long ChangedAt { get; set; }
    }
}
