using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds.Core;

namespace Realtime.Tests.Channels;

/// <summary>Places a subscriber as a feed does: on the answer, then by batches that follow and pages where one is missing.</summary>
internal sealed class ModelSubscriber(IActorRef channel, IActorRef feed)
{
    private readonly SubscriberCursor _cursor = new(MachineRig.Ben, keepsLog: true);
    private StreamPosition _head;

    public List<long> Received { get; } = [];

    public bool LosesNextBatch { get; set; }

    public void Receive(object message)
    {
        switch (message)
        {
            case ChannelNews.Batch when LosesNextBatch:
                LosesNextBatch = false;
                break;
            case ChannelReply.Subscribed subscribed:
                subscribed.Gap.ShouldBeNull();
                _cursor.Place(subscribed.Position);
                _head = subscribed.Head.Offset > _head.Offset ? subscribed.Head : _head;
                Take(subscribed.Messages);
                if (!_cursor.TryGoLive(_head))
                {
                    _cursor.CatchUp();
                }

                ReadOn();
                break;
            case ChannelNews.Batch batch:
                _head = new StreamPosition(batch.Epoch, batch.Messages[^1].Offset);
                switch (_cursor.Judge(batch.Epoch, batch.Messages[0].Offset, _head.Offset, null))
                {
                    case Delivery.Whole or Delivery.Part:
                        Take(_cursor.Select(batch.Messages));
                        break;
                    case Delivery.Missing:
                        _cursor.CatchUp();
                        ReadOn();
                        break;
                    default:
                        break;
                }

                break;
            case ChannelReply.Page page:
                page.Gap.ShouldBeNull();
                Take(page.Messages);
                _cursor.TryGoLive(_head);
                ReadOn();
                break;
            default:
                break;
        }
    }

    private void Take(IReadOnlyList<LogMessage> messages)
    {
        Received.AddRange(messages.Select(message => message.Offset));
        if (messages.Count > 0)
        {
            _cursor.Advance(messages[^1].Offset, messages[^1].Offset);
        }
    }

    private void ReadOn()
    {
        if (_cursor.Mode is CursorMode.CatchingUp)
        {
            channel.Tell(new ChannelRequest.Read(MachineRig.Name, 8, _cursor.Position, 16, 4096), feed);
        }
    }
}
