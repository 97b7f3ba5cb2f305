using System.Diagnostics.CodeAnalysis;

namespace Realtime.Node.Events.Core;

/// <summary>
/// What an entity has to report and does not know to be written. One batch is under way at a time, so that what follows cannot overtake it; of what waits meanwhile only the newest state of each subject is kept,
/// however long that takes.
/// </summary>
internal sealed class OpenReports
{
    /// <summary>In one batch.</summary>
    public const int Most = 100;

    /// <summary>In one batch, unless its first report alone is larger.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Milliseconds. The writer is in the same process and loses nothing unless it fails.</summary>
    public const long Again = 30_000;

    private readonly LinkedList<EventReport> _order = [];
    private readonly Dictionary<ReportSubject, LinkedListNode<EventReport>> _waiting = [];
    private ReportBatch? _underWay;
    private long _againAt;
    private long _lastTag;

    public bool IsEmpty => _underWay is null && _order.Count == 0;

    /// <summary>What is not known to be written, the oldest first.</summary>
    public IEnumerable<EventReport> All => [.. _underWay?.Reports ?? [], .. _order];

    /// <summary>When what is under way is given out again, milliseconds since 1970.</summary>
    public long? Due => _underWay is null ? null : _againAt;

    /// <summary>Takes the place of what waits of the same subject.</summary>
    /// <param name="isFirst">Before all that waits, instead of behind it.</param>
    public void Put(EventReport report, bool isFirst = false)
    {
        Drop(report.Subject);
        _waiting[report.Subject] = isFirst ? _order.AddFirst(report) : _order.AddLast(report);
    }

    /// <summary>What waits of this is not to be reported any more. What is under way is.</summary>
    public void Drop(ReportSubject subject)
    {
        if (_waiting.Remove(subject, out var node))
        {
            _order.Remove(node);
        }
    }

    /// <returns>Whether there is something to give to the writer: a new batch, or the last one again.</returns>
    public bool TryTake(long now, [NotNullWhen(true)] out ReportBatch? batch)
    {
        batch = null;
        if (_underWay is not null ? now < _againAt : _order.Count == 0)
        {
            return false;
        }

        batch = _underWay ??= new ReportBatch(++_lastTag, TakeFirst());
        _againAt = now + Again;
        return true;
    }

    /// <returns>What is known to be written now; empty when the tag is not of what is under way.</returns>
    public IReadOnlyList<EventReport> Written(long tag)
    {
        if (_underWay is not { } written || written.Tag != tag)
        {
            return [];
        }

        _underWay = null;
        return written.Reports;
    }

    private List<EventReport> TakeFirst()
    {
        var taken = new List<EventReport>(Math.Min(_order.Count, Most));
        for (var bytes = 0; taken.Count < Most && _order.First is { Value: var report }; taken.Add(report))
        {
            bytes += report.Size;
            if (taken.Count > 0 && bytes > MostBytes)
            {
                break;
            }

            Drop(report.Subject);
        }

        return taken;
    }
}
