using Realtime.Messages.Ids;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api.Door;

/// <summary>Who asks, and what that may reach.</summary>
/// <param name="From">Remote address.</param>
internal sealed record ApiCaller(ApiKey Key, string From) : IPublishCaller
{
    public string Id => Key.Id;

    public bool Reaches(ChannelName channel) => Key.Reaches(channel.Value);
}
