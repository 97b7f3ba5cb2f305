using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What the feeds of a connection's channels say: to the handshake while it lasts, to the subscriptions afterwards.</summary>
internal sealed class FeedEventHandler(ConnectionContext context, SubscriptionHandler subscriptions, RequestHandler requests)
{
    /// <param name="handshake">Null once it is over.</param>
    public void Handle(ConnectionInput input, ConnectionPhase phase, Handshake? handshake)
    {
        switch (phase, input)
        {
            case (ConnectionPhase.Handshake, ConnectionInput.Joined joined) when Joining(joined.Channel) is { } subscription:
                handshake!.Joined(subscription, joined.Info);
                break;
            case (ConnectionPhase.Handshake, ConnectionInput.JoinRefused refused) when Joining(refused.Channel) is { } subscription:
                handshake!.JoinRefused(subscription, refused.Reason);
                break;
            case (ConnectionPhase.Open or ConnectionPhase.Closing, ConnectionInput.Joined joined) when Joining(joined.Channel) is { } subscription:
                subscriptions.Joined(subscription, joined.Info);
                requests.Continue(subscription);
                break;
            case (ConnectionPhase.Open or ConnectionPhase.Closing, ConnectionInput.JoinRefused refused) when Joining(refused.Channel) is { } subscription:
                subscriptions.JoinRefused(subscription, refused.Reason);
                requests.Continue(subscription);
                break;
            case (ConnectionPhase.Open, ConnectionInput.Left left) when context.Subscriptions.Find(left.Channel) is { } subscription:
                subscriptions.Left(subscription);
                requests.Continue(subscription);
                break;
            case (ConnectionPhase.Open or ConnectionPhase.Closing, ConnectionInput.Described described):
                subscriptions.Described(described.Tag, described.Info);
                break;
        }
    }

    private ConnectionSubscription? Joining(ChannelName channel) =>
        context.Subscriptions.Find(channel) is { Stage: SubscriptionStage.Joining } subscription ? subscription : null;
}
