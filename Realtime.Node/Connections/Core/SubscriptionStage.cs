namespace Realtime.Node.Connections.Core;

/// <summary>Where a subscription of a connection stands.</summary>
internal enum SubscriptionStage
{
    Joining = 1,
    Active = 2,
    Leaving = 3,
}
