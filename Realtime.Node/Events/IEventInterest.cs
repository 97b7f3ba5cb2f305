using Realtime.Messages.Ids;

namespace Realtime.Node.Events;

/// <summary>Which events somebody wants. Where nobody does, entities write nothing down and nothing costs anything.</summary>
internal interface IEventInterest
{
    bool WantsSessions { get; }

    /// <summary>Whether it is occupied or vacated.</summary>
    bool WantsOccupancy(ChannelName channel);

    /// <summary>Who joins, changes and leaves.</summary>
    bool WantsMembers(ChannelName channel);
}
