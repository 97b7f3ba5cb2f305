using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Feeds.Core;

/// <summary>
/// One subscriber's place on a log, and the only judge of what may be sent to it: what follows its position, nothing twice, and nothing
/// skipped without a gap. Pure.
/// </summary>
internal sealed class SubscriberCursor(SessionId session, bool keepsLog)
{
    private StreamPosition _position;
    private CursorMode _mode = CursorMode.Joining;
    private SubscriberCount? _count;

    /// <summary>Everything up to here was delivered, excluded on purpose, or announced as lost.</summary>
    public StreamPosition Position => _position;

    /// <summary>The last offset the client knows of: differs from the position when messages were left out for it.</summary>
    public long Known { get; private set; }

    public CursorMode Mode
    {
        get => _mode;
        private set
        {
            var was = IsBehind;
            _mode = value;
            if (IsBehind != was)
            {
                _count?.AddBehind(was ? -1 : 1);
            }
        }
    }

    /// <summary>Reads from the log, or waits for room to do so.</summary>
    public bool IsBehind => _mode is CursorMode.CatchingUp or CursorMode.Waiting;

    /// <summary>First offset that was dropped because the reader lagged; 0 when none was.</summary>
    public long LostFrom { get; private set; }

    public bool HasLoss { get; private set; }

    /// <summary>From now on it is counted here; null: nowhere.</summary>
    public void CountIn(SubscriberCount? count)
    {
        _count?.Add(-1);
        count?.Add(1);
        if (IsBehind)
        {
            _count?.AddBehind(-1);
            count?.AddBehind(1);
        }

        _count = count;
    }

    public void Place(StreamPosition position)
    {
        _position = position;
        Known = position.Offset;
        Mode = CursorMode.Held;
    }

    /// <summary>There is no room: keep the position, read from the log later.</summary>
    public void Wait() => Mode = CursorMode.Waiting;

    /// <summary>The connection closes: nothing is sent any more.</summary>
    public void Stop() => Mode = CursorMode.Stopped;

    public void CatchUp() => Mode = CursorMode.CatchingUp;

    /// <returns>Whether it has met the head and is live.</returns>
    public bool TryGoLive(StreamPosition head)
    {
        if (Reaches(head))
        {
            Mode = CursorMode.Live;
            return true;
        }

        return false;
    }

    /// <param name="isThinned">Messages of the run are left out for everybody.</param>
    public Delivery Judge(Epoch epoch, long first, long last, HashSet<SessionId>? silenced, bool isThinned = false)
    {
        if (Mode is not CursorMode.Live)
        {
            return Delivery.None;
        }

        var excluded = isThinned || (silenced is not null && silenced.Contains(session));
        if (!keepsLog)
        {
            return excluded || HasLoss ? Delivery.Part : Delivery.Whole;
        }

        if (epoch != _position.Epoch)
        {
            return Delivery.Missing;
        }

        if (last <= _position.Offset)
        {
            return Delivery.None;
        }

        if (first > _position.Offset + 1)
        {
            return Delivery.Missing;
        }

        return excluded || HasLoss || first != _position.Offset + 1 || Known != _position.Offset ? Delivery.Part : Delivery.Whole;
    }

    /// <summary>The messages of a run that are for this subscriber.</summary>
    public List<LogMessage> Select(IReadOnlyList<LogMessage> messages)
    {
        var selected = new List<LogMessage>(messages.Count);
        foreach (var message in messages)
        {
            if ((!keepsLog || message.Offset > _position.Offset) && message.IsFor(session))
            {
                selected.Add(message);
            }
        }

        return selected;
    }

    /// <summary>What the first of the selected messages must name as its predecessor; null when that follows from its offset.</summary>
    public long? PreviousFor(LogMessage first) => keepsLog && first.Offset != Known + 1 ? Known : null;

    /// <summary>A run is behind it.</summary>
    /// <param name="last">The run's last offset.</param>
    /// <param name="delivered">The last offset of it that the client was sent; null: nothing of it.</param>
    public void Advance(long last, long? delivered)
    {
        if (!keepsLog)
        {
            return;
        }

        _position = _position with { Offset = Math.Max(_position.Offset, last) };
        Known = delivered ?? Known;
    }

    /// <summary>The client is told of this gap.</summary>
    public void Skip(GapNotice gap)
    {
        HasLoss = false;
        LostFrom = 0;
        if (keepsLog)
        {
            _position = gap.Position;
            Known = gap.Position.Offset;
        }
    }

    /// <summary>A run is dropped because the reader lags; it will be told once there is room.</summary>
    public void Lose(long first, long last)
    {
        if (!HasLoss)
        {
            HasLoss = true;
            LostFrom = keepsLog ? Math.Max(first, _position.Offset + 1) : 0;
        }

        Advance(last, null);
    }

    /// <summary>The gap to tell for what was dropped; null when nothing was.</summary>
    public GapNotice? Loss() => !HasLoss ? null
        : keepsLog ? new GapNotice(GapReason.Lagged, _position, LostFrom, _position.Offset)
        : new GapNotice(GapReason.Lagged, default);

    private bool Reaches(StreamPosition head) =>
        !keepsLog || (_position.Epoch == head.Epoch && _position.Offset >= head.Offset);
}
