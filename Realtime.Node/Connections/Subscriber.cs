using Realtime.Cluster.Kernel;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Codecs;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>One connection's subscription to one channel, as the channel's feed holds it. Changed on the feed's turn only.</summary>
internal sealed class Subscriber(ChannelName channel, SessionId session, bool keepsLog, Outbound outbound, IFrameCodec codec, ISubscriptionOwner owner)
{
    public ChannelName Channel => channel;

    public SessionId Session => session;

    public SubscriberCursor Cursor { get; } = new(session, keepsLog) { IgnoresGaps = FaultPoints.Current.NoGapCheck };

    public ISubscriptionOwner Owner => owner;

    public IFrameCodec Codec => codec;

    public Outbound Outbound => outbound;

    /// <summary>Place in the feed's list; -1 when not in it.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Where it wants to begin, until it is located.</summary>
    public StartFrom? Wish { get; set; }

    /// <summary>To be told before anything else.</summary>
    public GapNotice? Gap { get; set; }

    /// <summary>Revision of the presence the client knows; older than the feed's: it needs a roster.</summary>
    public long PresenceRevision { get; set; } = -1;

    /// <summary>A roster that is being sent in parts; null: none is.</summary>
    public RosterProgress? Roster { get; set; }

    /// <summary>Messages that wait under the lag policy `latest`, newest per conflation key.</summary>
    public Conflation? Conflation { get; set; }

    /// <summary>Counts what it is given, for its feed; null: nobody counts.</summary>
    public FeedMeter? Meter { get; set; }

    /// <summary>Counts the gaps it is told of; null: nobody counts.</summary>
    public ConnectionFigures? Figures { get; init; }

    /// <summary>It reads from the log, or waits for room to. Read on any thread, of a moment that may be over.</summary>
    public bool IsBehind => Cursor.Mode is CursorMode.CatchingUp or CursorMode.Waiting;

    /// <param name="messages">How many are in these frames.</param>
    public bool TrySend(EncodedFrames frames, int messages = 0)
    {
        var taken = outbound.TryEnqueue(frames);
        Meter?.Count(taken ? messages : 0);
        return taken;
    }

    /// <summary>Sends a run that follows its position: the shared encoding when the run is for it as it is.</summary>
    /// <returns>False when the queue is full; nothing has changed then.</returns>
    public bool TrySendRun(FanoutBatch batch)
    {
        var plain = batch.First == Cursor.Position.Offset + 1 && Cursor.Known == Cursor.Position.Offset
            && (batch.Silenced is null || !batch.Silenced.Contains(session));
        if (!plain)
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

    /// <summary>Tells what was dropped; call when something was.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TryTellLoss()
    {
        var gap = Cursor.Loss()!;
        if (!TrySend(EncodedFrames.Of(codec, new ServerFrame.Gap(channel, gap))))
        {
            return false;
        }

        Figures?.Gaps[gap.Reason].Add(1);
        Cursor.Skip(gap);
        return true;
    }

    public void SendControl(ServerFrame frame)
    {
        Figures?.Sending(frame, cameBack: false);
        if (!outbound.EnqueueControl(EncodedFrames.Of(codec, frame)))
        {
            owner.OnTooSlow();
        }
    }
}
