using Realtime.Messages.Positions;

namespace Realtime.Node.Feeds.Core;

/// <summary>What waits for one subscriber under the lag policy `latest`: of each key (tag <c>key</c>) the newest message only.</summary>
internal sealed class Conflation(StreamPosition after)
{
    /// <summary>Most keys that wait; beyond it a reader of a log reads that instead, and without a log the oldest key gives way.</summary>
    public const int MaxKeys = 1024;

    private readonly OrderedDictionary<string, LogMessage> _newest = new(StringComparer.Ordinal);

    /// <summary>Everything up to here is in it, or was replaced, or was not for this subscriber.</summary>
    public long Last { get; private set; } = after.Offset;

    /// <summary>In the order they were published.</summary>
    public List<LogMessage> Newest => [.. _newest.Values];

    /// <returns>False when messages are missing before the run, or too many keys wait: the reader has to read the log.</returns>
    public bool TryAdd(Epoch epoch, long first, long last, List<LogMessage> messages)
    {
        // Without a log the offsets are 0 and nothing can be missing.
        if (last > 0 && (epoch != after.Epoch || first > Last + 1))
        {
            return false;
        }

        foreach (var message in messages)
        {
            if (last > 0 && message.Offset <= Last)
            {
                continue;
            }

            // Taken out first, so that the newest message stands last.
            var key = KeyOf(message);
            _newest.Remove(key);
            _newest.Add(key, message);
            if (_newest.Count > MaxKeys)
            {
                if (last > 0)
                {
                    return false;
                }

                _newest.RemoveAt(0);
            }
        }

        Last = Math.Max(Last, last);
        return true;
    }

    private static string KeyOf(LogMessage message)
    {
        foreach (var (key, value) in message.Tags)
        {
            if (key == "key")
            {
                return value;
            }
        }

        return "";
    }
}
