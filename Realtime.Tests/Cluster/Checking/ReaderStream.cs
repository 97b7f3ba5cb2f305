namespace Realtime.Tests.Cluster.Checking;

/// <summary>What one subscription of one reader yielded, from its beginning to its end. Written by the reader's loop alone.</summary>
internal sealed class ReaderStream(string reader, string channel)
{
    private readonly List<StreamEvent> _events = [];
    private readonly Lock _gate = new();
    private (string Epoch, long Offset) _position = ("", 0);
    private bool _stopped;

    public string Reader => reader;

    public string Channel => channel;

    /// <summary>Not left by its reader: at the end it has to stand at the head.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return !_stopped;
            }
        }
    }

    public IReadOnlyList<StreamEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>The last place it is known to have reached.</summary>
    public (string Epoch, long Offset) Position
    {
        get
        {
            lock (_gate)
            {
                return _position;
            }
        }
    }

    public void Add(StreamEvent item)
    {
        lock (_gate)
        {
            _position = item switch
            {
                StreamEvent.Message message => (message.Epoch, message.Offset),
                StreamEvent.Gap gap => (gap.Epoch, gap.Offset),
                StreamEvent.Subscribed subscribed when _events.Count == 0 => (subscribed.Epoch, subscribed.Offset),
                _ => _position,
            };
            _events.Add(item);
        }
    }

    /// <summary>Its reader left the channel.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
        }
    }

    public override string ToString() => $"{reader} on {channel}";
}
