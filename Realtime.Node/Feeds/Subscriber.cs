using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Feeds.Core;

namespace Realtime.Node.Feeds;

/// <summary>
/// One connection's subscription to one channel. Made by the connection, which keeps it as a handle; after the join only the channel's feed
/// changes it, and writes into the connection's queue directly: a message to an actor for each subscriber and message would cost more than
/// all the rest.
/// </summary>
/// <param name="attachment">Of the connection to its session: the newest speaks for the session's presence.</param>
/// <param name="from">Where it wants to begin.</param>
/// <param name="connection">Receives <see cref="FeedEvent"/>s.</param>
internal sealed class Subscriber(
    ChannelName channel, SessionId session, Attachment attachment, StartFrom from, bool keepsLog, OutboundQueue outbound, IFrameCodec codec,
    IActorRef connection) : IRoomListener
{
    private volatile bool _hasLeft;
    private volatile bool _isTaken;
    private IActorRef _feed = ActorRefs.Nobody;
    private FeedMeter? _meter;

    public ChannelName Channel => channel;

    public SessionId Session => session;

    public Attachment Attachment => attachment;

    public StartFrom From => from;

    public IActorRef Connection => connection;

    /// <summary>What others see of its session; null: it is not present. Set at most once by the connection, before the join.</summary>
    public Member? Presence { get; set; }

    /// <summary>Whether its client is told who is present.</summary>
    public bool SeesPresence { get; set; } = true;

    public SubscriberCursor Cursor { get; } = new(session, keepsLog);

    public IFrameCodec Codec => codec;

    public OutboundQueue Outbound => outbound;

    /// <summary>Place among the feed's subscribers; -1 when not among them.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Seconds for which it has waited for its position.</summary>
    public int SecondsJoining { get; set; }

    /// <summary>What its client is sent first once it has begun; null: nothing.</summary>
    public GapNotice? Gap { get; set; }

    /// <summary>The first page, which came with its position; sent once it has begun.</summary>
    public IReadOnlyList<LogMessage> FirstPage { get; set; } = [];

    /// <summary>Revision of the roster that its client knows; another than the feed's: it needs the whole.</summary>
    public long RosterRevision { get; set; } = -1;

    /// <summary>A roster that is being sent in parts; null: none is.</summary>
    public RosterProgress? RosterProgress { get; set; }

    /// <summary>Messages that wait under the lag policy `latest`, the newest of each key.</summary>
    public Conflation? Conflation { get; set; }

    /// <summary>Its connection has sent Leave. Any thread may read it.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>A feed has read the join, so that it is not sent again should the feed fail. Any thread may read it.</summary>
    public bool IsTaken => _isTaken;

    public void MarkLeft() => _hasLeft = true;

    public void Enter(IActorRef feed, FeedMeter meter)
    {
        (_feed, _meter) = (feed, meter);
        _isTaken = true;
    }

    void IRoomListener.OnRoom() => _feed.Tell(new FeedCommand.Room(this));

    /// <param name="messages">How many are in these frames.</param>
    /// <returns>False when the queue is full; the feed is told once there is room.</returns>
    public bool TrySend(EncodedFrames frames, int messages = 0)
    {
        if (!outbound.TryEnqueue(frames, this))
        {
            return false;
        }

        _meter!.Count(messages);
        return true;
    }

    /// <returns>False when the queue has less than half its room; the feed is told once it has.</returns>
    public bool AwaitRoom() => outbound.AwaitRoom(this);

    /// <summary>Sends a run that follows its position: the shared encoding when the run is for it as it is.</summary>
    /// <returns>False when the queue is full; nothing has changed then.</returns>
    public bool TrySendRun(FanoutBatch batch)
    {
        var isWhole = batch.First == Cursor.Position.Offset + 1 && Cursor.Known == Cursor.Position.Offset
            && !batch.IsThinned && (batch.Silenced is null || !batch.Silenced.Contains(session));
        if (!isWhole)
        {
            return TrySendSelected(batch.Messages, batch.Last);
        }

        if (!TrySend(batch.For(codec), batch.Messages.Count))
        {
            return false;
        }

        Cursor.Advance(batch.Last, batch.Last);
        return true;
    }

    /// <summary>Sends those of a run's messages that are for it, in an encoding of its own.</summary>
    /// <returns>False when the queue is full; nothing has changed then.</returns>
    public bool TrySendSelected(IReadOnlyList<LogMessage> messages, long last)
    {
        var selected = Cursor.Select(messages);
        if (selected.Count == 0)
        {
            Cursor.Advance(last, null);
            return true;
        }

        if (!TrySend(EncodedFrames.Of(codec, channel, selected, Cursor.PreviousFor(selected[0])), selected.Count))
        {
            return false;
        }

        Cursor.Advance(last, selected[^1].Offset);
        return true;
    }

    /// <summary>Sends the gap of what was dropped; call when something was.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TrySendLoss()
    {
        var gap = Cursor.Loss()!;
        if (!TrySend(EncodedFrames.Of(codec, new ServerFrame.Gap(channel, gap))))
        {
            return false;
        }

        _meter!.CountGap(gap.Reason);
        Cursor.Skip(gap);
        return true;
    }

    /// <summary>Sends a gap that must not be left out.</summary>
    public void SendGap(GapNotice gap)
    {
        Cursor.Skip(gap);
        _meter!.CountGap(gap.Reason);
        if (!outbound.EnqueueControl(EncodedFrames.Of(codec, new ServerFrame.Gap(channel, gap))))
        {
            GiveUp();
        }
    }

    /// <summary>Too slow for its namespace or for memory: its connection is told once, and nothing more is sent to it.</summary>
    public void GiveUp()
    {
        if (Cursor.Mode is not CursorMode.Stopped)
        {
            Cursor.Stop();
            connection.Tell(new FeedEvent.TooSlow(this));
        }
    }
}
