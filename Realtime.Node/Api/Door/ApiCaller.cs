using Realtime.Messages.Ids;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api.Door;

/// <summary>Who asks, and what that may reach. Ends with the request.</summary>
/// <param name="From">Remote address.</param>
internal sealed record ApiCaller(ApiKey Key, string From) : IPublishCaller, IDisposable
{
    public string Id => Key.Id;

    /// <summary>As the audit has it.</summary>
    public (string Who, string From) By => ($"API key {Id}", From);

    /// <summary>Null: nothing is counted.</summary>
    public ApiBudget? Budget { get; init; }

    public bool Reaches(ChannelName channel) => Key.Reaches(channel.Value);

    public void Dispose() => Budget?.Leave();
}
