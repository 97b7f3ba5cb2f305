using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Journal;

/// <summary>What a journal should hold, in the simplest words: a list per channel that never forgets, and two numbers.</summary>
internal sealed class JournalModel(StoreCase store)
{
    private readonly Dictionary<string, Log> _logs = [];

    private sealed class Log
    {
        public List<LogMessage> Messages { get; } = [];

        public long Tail { get; set; } = 1;

        public Dictionary<int, ProducerMark> Marks { get; } = [];

        public long Marked { get; set; }

        public long Head => Messages.Count;
    }

    /// <summary>Does a step to the store and to the model, and compares the outcomes.</summary>
    public async Task StepAsync(JournalStep step)
    {
        var log = Find(step.Channel);
        var id = (await store.OpenAsync(step.Channel)).Log;
        switch (step)
        {
            case JournalStep.Append append:
                await AppendAsync(log, id, append);
                break;
            case JournalStep.Trim trim:
                var tail = 1 + (trim.Permille * log.Head / 1000);
                (await store.Trim(id, log.Head, tail)).ShouldBe(WriteOutcome.Committed);
                log.Tail = Math.Max(log.Tail, tail);
                break;
            case JournalStep.Reopen:
                await store.ReopenAsync();
                break;
            default:
                throw new ArgumentException($"{step}", nameof(step));
        }
    }

    public async Task CheckAsync()
    {
        foreach (var (channel, log) in _logs)
        {
            var kept = log.Messages.Where(message => message.Offset >= log.Tail).ToList();
            var open = await store.OpenAsync(channel);
            (open.Head, open.Tail, open.Bytes).ShouldBe((log.Head, log.Tail, kept.Sum(message => (long)message.Size)), channel);
            open.Producers.ShouldBe(log.Marks.OrderBy(mark => mark.Key).Select(mark => mark.Value), channel);

            var after = (log.Head + log.Tail) / 2;
            Same(await store.ReadAsync(open.Log), log, kept);
            Same(await store.ReadAsync(open.Log, after), log, kept.Where(message => message.Offset > after));
            Same(await store.ReadAsync(open.Log, log.Tail, limit: 2), log, kept.Skip(1).Take(2));
        }
    }

    private static void Same(LogSlice slice, Log log, IEnumerable<LogMessage> messages)
    {
        (slice.Head, slice.Tail).ShouldBe((log.Head, log.Tail));
        slice.Messages.Select(message => message with { Tags = [] }).ShouldBe(messages.Select(message => message with { Tags = [] }));
    }

    private async Task AppendAsync(Log log, LogId id, JournalStep.Append append)
    {
        var head = log.Head + append.HeadError;
        if (head < 0)
        {
            return;
        }

        LogMessage[] messages = [.. Enumerable.Range(1, append.Count).Select(i => store.Message(head + i, new string('x', (append.Size + i) % 900)))];
        ProducerMark[] marks = append.Marked ? [store.Mark("p", log.Marked, log.Marked * 3, head + append.Count)] : [];
        long? tail = append.Keep is { } keep ? Math.Max(1, head + append.Count + 1 - keep) : null;

        var outcome = await store.Append(new AppendRequest(id, head, messages, marks, tail));

        outcome.ShouldBe(append.HeadError == 0 ? WriteOutcome.Committed : WriteOutcome.Conflict);
        if (append.HeadError == 0)
        {
            log.Messages.AddRange(messages);
            log.Tail = Math.Max(log.Tail, tail ?? 1);
            foreach (var mark in marks)
            {
                log.Marks[mark.Slot] = mark;
                log.Marked++;
            }
        }
    }

    private Log Find(string channel)
    {
        if (!_logs.TryGetValue(channel, out var log))
        {
            _logs.Add(channel, log = new Log());
        }

        return log;
    }
}
