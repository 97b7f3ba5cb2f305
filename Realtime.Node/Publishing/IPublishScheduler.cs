using Realtime.Messages.Ids;

namespace Realtime.Node.Publishing;

/// <summary>Takes what is to be published at a time.</summary>
internal interface IPublishScheduler
{
    /// <param name="item">Has a time.</param>
    /// <returns>With <see cref="PublishResult.Scheduled"/>, once it is kept; or with a fault.</returns>
    Task<PublishResult> ScheduleAsync(PublishItem item, ChannelName channel, IPublishCaller caller);
}
