using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Feeds.Core;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Requests whose answers are large: a client that asks for more than it reads must not fill the memory with answers. They wait in their
/// order; a few are sent at once, each when the queue has room for its answer, and repeated until answered. The same room bounds the
/// members
/// in the replies to subscribes.
/// </summary>
internal sealed class ReadOutbox(ConnectionContext context)
{
    /// <summary>Two, so that one is read while another is sent.</summary>
    private const int AtOnce = 2;

    private readonly Queue<OpenRead> _waiting = new();
    private readonly List<OpenRead> _sent = [];
    private bool _awaitsRoom;

    /// <summary>Bytes of members in replies since there was room.</summary>
    private long _memberBytes;

    /// <summary>Those that wait for room or for an answer.</summary>
    public int Count => _waiting.Count + _sent.Count;

    /// <summary>When a <see cref="Sweep"/> has something to do, monotonic milliseconds.</summary>
    public long Due
    {
        get
        {
            var due = long.MaxValue;
            foreach (var read in _sent)
            {
                due = Math.Min(due, read.Due);
            }

            return due;
        }
    }

    private ConnectionPolicy Policy => context.Setup.Policy;

    public void Read(ChannelRequest request, long clientId)
    {
        _waiting.Enqueue(new OpenRead(request, clientId));
        AskForRoom();
    }

    /// <summary>
    /// What the reply to a subscribe carries: the members, unless they have to follow it in frames of their own when there is room.
    /// </summary>
    public SubscriptionInfo Fit(SubscriptionInfo info)
    {
        if (info.Presence is not { Members: { Count: > 0 } members } presence)
        {
            return info;
        }

        var bytes = members.Sum(member => (long)RosterPart.BytesOf(member));
        var most = Policy.AnswerBytes;
        if (bytes > most || _memberBytes + bytes > most * AtOnce)
        {
            return info with { Presence = presence with { Members = null, More = true } };
        }

        _memberBytes += bytes;
        return info;
    }

    /// <summary>Asks for room when one more may be sent, or when a part of it was taken. Comes after what was sent to the client.</summary>
    public void AskForRoom()
    {
        if (!_awaitsRoom && (_memberBytes > 0 || (_waiting.Count > 0 && _sent.Count < AtOnce)))
        {
            _awaitsRoom = true;
            context.Effects.Add(new ConnectionEffect.AwaitRoom());
        }
    }

    /// <summary>There is room, as was asked for.</summary>
    public void Room()
    {
        if (!_awaitsRoom)
        {
            return;
        }

        _awaitsRoom = false;
        _memberBytes = 0;
        if (_sent.Count < AtOnce && _waiting.TryDequeue(out var next))
        {
            // Its time begins now: until here it was the client that was slow.
            next.Since = context.Now.Ticks;
            _sent.Add(next);
            Send(next);
        }

        AskForRoom();
    }

    /// <returns>Whether the reply was to a read.</returns>
    public bool Replied(ChannelReply reply)
    {
        if (_sent.Find(read => read.Request.Tag == reply.Tag) is not { } answered)
        {
            return false;
        }

        if (reply is ChannelReply.Retry)
        {
            answered.Due = context.Now.Ticks + RepeatDelay.First;
            return true;
        }

        _sent.Remove(answered);
        switch (reply)
        {
            case ChannelReply.HistoryPage page:
                context.ToClient(new ServerFrame.HistoryReply(
                    answered.ClientId, answered.Channel, page.For(context.Session, context.Now.Wall.ToUnixTimeMilliseconds()), page.Position, page.Head, page.More));
                break;
            case ChannelReply.RosterPage page:
                context.ToClient(new ServerFrame.PresenceReply(
                    answered.ClientId, RosterPart.Of(page.Snapshot, default, Policy.AnswerBytes)));
                break;
            case ChannelReply.Refused refused:
                context.Refuse(answered.ClientId, refused.Code, refused.Message, refused.RetryAfter, refused.Outcome);
                break;
            default:
                context.Refuse(answered.ClientId, ErrorCode.Internal, "unexpected answer");
                break;
        }

        AskForRoom();
        return true;
    }

    /// <summary>What is unanswered may have been lost with a node.</summary>
    public void RepeatSoon() =>
        _sent.ForEach(read => (read.Repeats, read.Due) = (0, Math.Min(read.Due, context.Now.Ticks + RepeatDelay.First)));

    public void Sweep()
    {
        foreach (var late in _sent.Where(read => context.Now.Ticks - read.Since > ConnectionMachine.RequestTimeout).ToList())
        {
            _sent.Remove(late);
            context.TimeOut(late.ClientId);
        }

        foreach (var read in _sent.Where(read => context.Now.Ticks >= read.Due))
        {
            read.Repeats++;
            Send(read);
        }

        AskForRoom();
    }

    private void Send(OpenRead read)
    {
        read.Due = context.Now.Ticks + RepeatDelay.After(read.Repeats);
        context.ToChannel(read.Request);
    }
}
