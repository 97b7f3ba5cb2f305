using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Gathers contiguous messages from an offset on, up to a hole, to the bounds of the page, or to the head.</summary>
internal sealed class PageScan(LogRequest.Read read, long head) : ILogScan
{
    private readonly List<LogMessage> _messages = [];
    private long _next = read.From;
    private long _bytes;
    private bool _isFull;
    private (long First, long Last)? _hole;

    public long Tag => read.Tag;

    public long BytesLeft => Math.Max(0, read.MostBytes - _bytes);

    public bool Take(JournalEvent body, long sequenceNr)
    {
        switch (body)
        {
            case JournalEvent.ChannelAppended appended:
                foreach (var message in appended.Messages)
                {
                    if (!Take(message.Message))
                    {
                        break;
                    }
                }

                break;
            case JournalEvent.Corrupt { FirstOffset: > 0 and var first, Count: > 0 and { } count } when first <= _next && _next < first + count:
                _hole = (_next, Math.Min(first + count - 1, head));
                break;
        }

        return _isFull || _hole is not null || _next > head;
    }

    // Rows that are not there are a hole as well: what is asked for is kept, so it should be.
    public LogNews Answer() => new LogNews.PageRead(
        read.Tag, _messages, _hole ?? (_isFull || _next > head ? null : (_next, head)));

    private bool Take(LogMessage message)
    {
        if (message.Offset < _next)
        {
            return true;
        }

        if (message.Offset > _next)
        {
            _hole = (_next, Math.Min(message.Offset - 1, head));
            return false;
        }

        // The first message always fits, or a large one would never be read.
        _isFull = _messages.Count >= read.MostMessages || (_messages.Count > 0 && _bytes + message.Size > read.MostBytes);
        if (_isFull || _next > head)
        {
            return false;
        }

        _messages.Add(message);
        _bytes += message.Size;
        _next++;
        return true;
    }
}
