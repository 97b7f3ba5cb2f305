using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Looks for the first message that is not older than an instant.</summary>
internal sealed class TimeScan(LogRequest.FindTime find, long tail, long head) : ILogScan
{
    private long? _found;

    public long Tag => find.Tag;

    public long BytesLeft => 64 * 1024;

    public bool Take(JournalEvent body)
    {
        _found ??= body is JournalEvent.ChannelAppended appended
            ? appended.Messages.FirstOrDefault(message => message.Message.Offset >= tail && message.Message.At >= find.At)?.Message.Offset
            : null;
        return _found is not null;
    }

    public LogNews Answer() => new LogNews.TimeFound(find.Tag, Math.Min((_found ?? head + 1) - 1, head));
}
