using Realtime.Messages.Ids;
using Realtime.Node.Publishing;

namespace Realtime.Node.Application;

/// <summary>The application's own code, which may publish on all channels.</summary>
internal sealed class ApplicationCaller : IPublishCaller
{
    public static ApplicationCaller Instance { get; } = new();

    /// <summary>No API key is named so.</summary>
    public string Id => "";

    public bool Reaches(ChannelName channel) => true;
}
