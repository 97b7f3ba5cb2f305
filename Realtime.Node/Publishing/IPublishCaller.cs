using Realtime.Messages.Ids;

namespace Realtime.Node.Publishing;

/// <summary>Who publishes for the application.</summary>
internal interface IPublishCaller
{
    /// <summary>Idempotency keys count together with it.</summary>
    string Id { get; }

    /// <summary>Whether it may publish on this channel.</summary>
    bool Reaches(ChannelName channel);
}
