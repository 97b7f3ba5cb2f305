using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// The publishes of a client that are not answered. One with a sequence number is sent again until it is, in its order; one without is sent
/// again only when the channel gives it back, for a second copy would be a second message. Without a log nothing is sent again.
/// </summary>
internal sealed class PublishOutbox(ConnectionContext context)
{
    // Most connections only listen: nothing is made for them.
    private Dictionary<long, OpenPublish>? _byTag;
    private Dictionary<ChannelName, PublishOrder>? _orders;

    /// <summary>Without a number, given back more than once: they wait until the channel has had time to stop.</summary>
    private List<OpenPublish>? _returned;

    public int Count => _byTag?.Count ?? 0;

    /// <summary>When a <see cref="Sweep"/> has something to do, monotonic milliseconds.</summary>
    public long Due
    {
        get
        {
            var due = _returned is [var first, ..] ? first.SendAt : long.MaxValue;
            foreach (var order in Orders)
            {
                due = Math.Min(due, order.Due);
            }

            return due;
        }
    }

    private IEnumerable<PublishOrder> Orders => _orders is { Count: > 0 } ? _orders.Values : [];

    public void Publish(ClientFrame.Publish frame)
    {
        var request = new ChannelRequest.Publish(frame.Channel, context.NextTag(), frame.Payload, context.Session, context.User)
        {
            Producer = frame.Sequence is null ? null : context.Producer,
            Sequence = frame.Sequence,
            Echo = frame.Echo,
            Tags = frame.Tags,
        };
        var isOrdered = request is { Producer: not null, Sequence: not null } && KeepsLog(request.Channel);
        var publish = new OpenPublish(request, frame.Id, context.Now.Ticks, isOrdered);
        (_byTag ??= []).Add(request.Tag, publish);
        if (!isOrdered)
        {
            context.ToChannel(publish.Copy());
            return;
        }

        if (!(_orders ??= []).TryGetValue(frame.Channel, out var order))
        {
            _orders.Add(frame.Channel, order = new PublishOrder(context));
        }

        order.Add(publish);
    }

    /// <returns>Whether the reply was to a publish.</returns>
    public bool Replied(ChannelReply reply)
    {
        if (_byTag is null || !_byTag.TryGetValue(reply.Tag, out var publish))
        {
            return false;
        }

        switch (reply)
        {
            case ChannelReply.Published published:
                Remove(publish, isPublished: true);
                if (publish.ClientId != 0)
                {
                    context.ToClient(new ServerFrame.PublishReply(publish.ClientId, published.Position));
                }

                break;
            case ChannelReply.Retry retry:
                Return(publish, retry.Missing);
                break;
            case ChannelReply.Refused refused:
                publish.Copies--;
                Refuse(publish, refused);
                break;
            default:
                Refuse(publish, new ChannelReply.Refused(reply.Tag, ErrorCode.Internal, "unexpected answer", null, Outcome.Unknown));
                break;
        }

        return true;
    }

    public void RepeatSoon()
    {
        foreach (var order in Orders)
        {
            order.RepeatSoon();
        }
    }

    public void Sweep()
    {
        foreach (var late in Late())
        {
            Remove(late, isPublished: false);
            context.TimeOut(late.ClientId);
        }

        while (_returned is [var publish, ..] && context.Now.Ticks >= publish.SendAt)
        {
            _returned.RemoveAt(0);
            context.ToChannel(publish.Copy());
        }

        foreach (var order in Orders)
        {
            order.Sweep();
        }
    }

    private bool KeepsLog(ChannelName channel) => context.Setup.Namespaces.Of(channel).KeepsLog;

    private void Return(OpenPublish publish, long? missing)
    {
        publish.Copies--;
        if (!KeepsLog(publish.Channel))
        {
            // Sent again it would come after newer ones, and the channel remembers nothing that would show it.
            Refuse(publish, new ChannelReply.Refused(publish.Tag, ErrorCode.Unavailable, "the channel is moving", (int)RepeatDelay.First));
        }
        else if (publish.IsOrdered)
        {
            if (!_orders![publish.Channel].TryGoBack(publish, missing))
            {
                Refuse(publish, new ChannelReply.Refused(publish.Tag, ErrorCode.Unavailable, "the publish before it was not done", 1000));
            }
        }
        else if (publish.Returns++ == 0)
        {
            context.ToChannel(publish.Copy());
        }
        else
        {
            publish.SendAt = context.Now.Ticks + RepeatDelay.First;
            (_returned ??= []).Add(publish);
        }
    }

    private void Refuse(OpenPublish publish, ChannelReply.Refused refused)
    {
        Remove(publish, isPublished: false);
        if (publish.ClientId != 0)
        {
            var outcome = publish.Copies > 0 ? Outcome.Unknown : refused.Outcome;
            context.Refuse(publish.ClientId, refused.Code, refused.Message, refused.RetryAfter, outcome);
        }
    }

    private List<OpenPublish> Late()
    {
        var before = context.Now.Ticks - ConnectionMachine.RequestTimeout;
        return _byTag is not { Count: > 0 } ? [] : [.. _byTag.Values.Where(open => open.Since < before).OrderBy(open => open.Tag)];
    }

    private void Remove(OpenPublish publish, bool isPublished)
    {
        _byTag!.Remove(publish.Tag);
        if (!publish.IsOrdered)
        {
            _returned?.Remove(publish);
            return;
        }

        var order = _orders![publish.Channel];
        order.Remove(publish, isPublished);
        if (order.IsEmpty)
        {
            _orders.Remove(publish.Channel);
        }
    }
}
