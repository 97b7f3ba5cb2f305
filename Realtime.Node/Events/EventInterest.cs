using Realtime.Messages.Ids;

namespace Realtime.Node.Events;

/// <summary>The interest of several. Nobody learns of the server's own channels: a report is written on one of them.</summary>
internal sealed class EventInterest : IEventInterest
{
    private readonly IReadOnlyList<IEventInterest> _all;

    private EventInterest(IReadOnlyList<IEventInterest> all) => _all = all;

    /// <summary>Nobody wants anything.</summary>
    public static IEventInterest None { get; } = new EventInterest([]);

    public bool WantsSessions => _all.Any(one => one.WantsSessions);

    public static IEventInterest Of(params IReadOnlyList<IEventInterest> all) => new EventInterest(all);

    public bool WantsOccupancy(ChannelName channel) => !channel.IsReserved && _all.Any(one => one.WantsOccupancy(channel));

    public bool WantsMembers(ChannelName channel) => !channel.IsReserved && _all.Any(one => one.WantsMembers(channel));
}
