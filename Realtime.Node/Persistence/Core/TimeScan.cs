using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Looks for the first message that is not older than an instant.</summary>
internal sealed class TimeScan(LogRequest.FindTime find, long tail, long head) : ILogScan
{
    private long? _found;
    private IndexEntry? _row;

    public long Tag => find.Tag;

    public long BytesLeft => 64 * 1024;

    public bool Take(JournalEvent body, long sequenceNr)
    {
        if (_found is null && body is JournalEvent.ChannelAppended appended
            && appended.Messages.FirstOrDefault(message => message.Message.Offset >= tail && message.Message.At >= find.At) is { } first)
        {
            _found = first.Message.Offset;
            _row = new IndexEntry(appended.FirstOffset, sequenceNr, appended.Messages[0].Message.At);
        }

        return _found is not null;
    }

    public LogNews Answer() => new LogNews.TimeFound(find.Tag, Math.Min((_found ?? head + 1) - 1, head)) { Row = find.MovesTail ? _row : null };
}
