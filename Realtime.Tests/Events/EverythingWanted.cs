using Realtime.Messages.Ids;
using Realtime.Node.Events;

namespace Realtime.Tests.Events;

internal sealed class EverythingWanted : IEventInterest
{
    public bool WantsSessions => true;

    public bool WantsOccupancy(ChannelName channel) => true;

    public bool WantsMembers(ChannelName channel) => true;
}
