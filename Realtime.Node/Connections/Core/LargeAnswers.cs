using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Requests whose answers are large: a client that asks for more than it reads must not fill the memory with answers. They wait as
/// requests, in their order; a few are read at once, each when the queue has room for its answer.
/// </summary>
internal sealed class LargeAnswers(ConnectionContext context)
{
    /// <summary>Two, so that one is read while another is sent.</summary>
    private const int AtOnce = 2;

    private readonly Queue<(OpenRequest Request, ChannelRequest Question)> _waiting = new();
    private bool _awaitsRoom;

    public void Ask(OpenRequest request, ChannelRequest question)
    {
        _waiting.Enqueue((request, question));
        Next();
    }

    /// <summary>There is room, as was asked for.</summary>
    public void Room()
    {
        if (!_awaitsRoom)
        {
            return;
        }

        _awaitsRoom = false;
        if (context.Open.Large < AtOnce && _waiting.TryDequeue(out var next))
        {
            // Its time begins now: until here it was the client that was slow.
            var tag = context.Open.Add(next.Request with { Since = context.Now.Ticks });
            context.Effects.Add(new ConnectionEffect.AskChannel(next.Request.Channel, next.Question, tag));
        }

        Next();
    }

    /// <summary>Asks for room when one more may be read.</summary>
    public void Next()
    {
        context.WaitingCount = _waiting.Count;
        if (!_awaitsRoom && _waiting.Count > 0 && context.Open.Large < AtOnce)
        {
            _awaitsRoom = true;
            context.Effects.Add(new ConnectionEffect.AwaitRoom());
        }
    }
}
