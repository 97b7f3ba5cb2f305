using Realtime.Messages.Channels;

namespace Realtime.Node.Publishing;

/// <summary>Waits for answers to publishes. Told on the publisher's turn: it returns at once.</summary>
internal interface IPublishWaiter
{
    /// <param name="reply">Null: none came in time, and it may have been published.</param>
    void Answered(PublishOrder order, ChannelReply? reply);
}
