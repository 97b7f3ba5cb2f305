using Realtime.Messages.Entities;
using Realtime.Messages.Frames;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Requests whose answers are large: a client that asks for more than it reads must not fill the memory with answers. They wait as
/// requests, in their order; a few are read at once, each when the queue has room for its answer. The same room bounds who is here in the
/// replies to many subscribes.
/// </summary>
internal sealed class LargeAnswers(ConnectionContext context)
{
    /// <summary>Two, so that one is read while another is sent.</summary>
    private const int AtOnce = 2;

    private readonly Queue<(OpenRequest Request, ChannelRequest Question)> _waiting = new();
    private bool _awaitsRoom;

    /// <summary>Bytes of members in replies since there was room.</summary>
    private long _told;

    public void Ask(OpenRequest request, ChannelRequest question)
    {
        _waiting.Enqueue((request, question));
        Next();
    }

    /// <summary>What the reply to a subscribe carries: the members, unless they have to follow it in frames of their own when there is room.</summary>
    public SubscriptionInfo Fit(SubscriptionInfo info)
    {
        if (info.Presence is not { Members: { Count: > 0 } members } presence)
        {
            return info;
        }

        var bytes = RosterPart.BytesOf(members);
        var most = context.Setup.Policy.AnswerBytes;
        if (bytes > most || _told + bytes > most * AtOnce)
        {
            return info with { Presence = presence with { Members = null, More = true } };
        }

        _told += bytes;
        return info;
    }

    /// <summary>There is room, as was asked for.</summary>
    public void Room()
    {
        if (!_awaitsRoom)
        {
            return;
        }

        _awaitsRoom = false;
        _told = 0;
        if (context.Open.Large < AtOnce && _waiting.TryDequeue(out var next))
        {
            // Its time begins now: until here it was the client that was slow.
            var tag = context.Open.Add(next.Request with { Since = context.Now.Ticks });
            context.Effects.Add(new ConnectionEffect.AskChannel(next.Request.Channel, next.Question, tag));
        }

        Next();
    }

    /// <summary>Asks for room when one more may be read, or when a part of it was taken.</summary>
    public void Next()
    {
        context.WaitingCount = _waiting.Count;
        if (!_awaitsRoom && (_told > 0 || (_waiting.Count > 0 && context.Open.Large < AtOnce)))
        {
            _awaitsRoom = true;
            context.Effects.Add(new ConnectionEffect.AwaitRoom());
        }
    }
}
