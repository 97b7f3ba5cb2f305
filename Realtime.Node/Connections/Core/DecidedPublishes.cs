using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Publishes that the application decides about, one after the other on each channel: its code meets them in the order in which they were sent, and so does the channel.
/// </summary>
internal sealed class DecidedPublishes(ConnectionContext context, OpenQuestions questions, PublishOutbox publishes)
{
    private Dictionary<ChannelName, Queue<ClientFrame.Publish>>? _waiting;

    /// <summary>Those that wait for their turn or their verdict.</summary>
    public int Count { get; private set; }

    /// <summary>Whether one that comes now has to wait for others.</summary>
    public bool IsBusy(ChannelName channel) => _waiting?.ContainsKey(channel) is true;

    public void Add(ClientFrame.Publish publish)
    {
        Count++;
        if ((_waiting ??= []).TryGetValue(publish.Channel, out var queue))
        {
            queue.Enqueue(publish);
            return;
        }

        _waiting.Add(publish.Channel, queue = new Queue<ClientFrame.Publish>());
        queue.Enqueue(publish);
        AskNext(publish.Channel, queue);
    }

    private void AskNext(ChannelName channel, Queue<ClientFrame.Publish> queue)
    {
        var publish = queue.Peek();
        questions.Ask(
            new Question.Publish(context.Session, context.Identity, channel, publish.Payload, publish.Tags),
            verdict =>
            {
                queue.Dequeue();
                Count--;
                Done(publish, verdict);
                if (queue.Count > 0)
                {
                    AskNext(channel, queue);
                }
                else
                {
                    _waiting!.Remove(channel);
                }
            });
    }

    private void Done(ClientFrame.Publish publish, Verdict verdict)
    {
        switch (verdict)
        {
            case Verdict.Allowed { Payload: { } changed } when changed.Length > context.Setup.Namespaces.Of(publish.Channel).MessageBytes:
                context.Refuse(publish.Id, Messages.Errors.ErrorCode.Internal, "the application made the message too large");
                break;
            case Verdict.Allowed allowed:
                publishes.Publish(allowed.Payload is { } instead ? publish with { Payload = instead } : publish);
                break;
            default:
                context.Refuse(publish.Id, verdict);
                break;
        }
    }
}
