using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Schedules;

/// <summary>
/// Reads messages whose time has come. What is due at one time is spread over channels, and stands together in the log of its hour: what is asked for while a page is read is read together, in
/// the order of the log.
/// </summary>
internal sealed class ScheduleMessages(ScheduleLog log)
{
    private const int Reach = 1_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<ChannelName, SortedDictionary<long, Wanted>> _wanted = [];

    /// <returns>In the order of the positions, null for one that is not there; null: they cannot be read now.</returns>
    public async Task<IReadOnlyList<LogMessage?>?> ReadAsync(ChannelName channel, IReadOnlyList<StreamPosition> positions)
    {
        Task<(bool IsRead, LogMessage? Message)>[] messages;
        var begins = false;
        lock (_lock)
        {
            if (!_wanted.TryGetValue(channel, out var wanted))
            {
                _wanted.Add(channel, wanted = []);
                begins = true;
            }

            messages = [.. positions.Select(position => Want(wanted, position))];
        }

        if (begins)
        {
            _ = RunAsync(channel);
        }

        var read = await Task.WhenAll(messages).ConfigureAwait(false);
        return read.All(one => one.IsRead) ? [.. read.Select(one => one.Message)] : null;
    }

    private static Task<(bool IsRead, LogMessage? Message)> Want(SortedDictionary<long, Wanted> all, StreamPosition position)
    {
        if (!all.TryGetValue(position.Offset, out var wanted))
        {
            all.Add(position.Offset, wanted = new Wanted(position));
        }

        return wanted.Result.Task;
    }

    /// <summary>Until nothing of this log is wanted any more.</summary>
    private async Task RunAsync(ChannelName channel)
    {
        while (true)
        {
            StreamPosition first;
            long last;
            lock (_lock)
            {
                var wanted = _wanted[channel];
                if (wanted.Count == 0)
                {
                    _wanted.Remove(channel);
                    return;
                }

                first = wanted.First().Value.Position;
                last = wanted.Keys.TakeWhile(offset => offset < first.Offset + Reach).Last();
            }

            ScheduleLog.Page? page;
            try
            {
                page = await log.PageAsync(channel, first with { Offset = first.Offset - 1 }, (int)(last - first.Offset) + 1).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                lock (_lock)
                {
                    Fail(_wanted[channel], wanted => wanted.Result.TrySetException(fault));
                    _wanted.Remove(channel);
                }

                return;
            }

            lock (_lock)
            {
                Give(_wanted[channel], page, first.Offset);
            }
        }
    }

    private static void Give(SortedDictionary<long, Wanted> all, ScheduleLog.Page? page, long first)
    {
        if (page is null)
        {
            Fail(all, wanted => wanted.Result.TrySetResult((false, null)));
            return;
        }

        var messages = page.Messages.ToDictionary(message => message.Offset);
        var through = page.Messages.Count > 0 ? page.Messages[^1].Offset : first;
        foreach (var (offset, wanted) in all.TakeWhile(wanted => wanted.Key <= through).ToList())
        {
            // What was asked for behind the page's beginning meanwhile waits for the next one.
            if (offset >= first)
            {
                all.Remove(offset);
                wanted.Result.TrySetResult((true, messages.GetValueOrDefault(offset)));
            }
        }
    }

    private static void Fail(SortedDictionary<long, Wanted> all, Action<Wanted> how)
    {
        foreach (var wanted in all.Values)
        {
            how(wanted);
        }

        all.Clear();
    }

    private sealed class Wanted(StreamPosition position)
    {
        public StreamPosition Position => position;

        public TaskCompletionSource<(bool IsRead, LogMessage? Message)> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
