using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What comes from feeds, and from the application by way of the session: to the handshake while it lasts, to the subscriptions afterwards.</summary>
internal sealed class FeedAnswers(ConnectionContext context, SubscriptionHandler subscriptions, RequestHandler requests, SubscriptionWatch watch)
{
    /// <param name="handshake">Null once it is over.</param>
    public void Take(ConnectionInput input, ConnectionPhase phase, Handshake? handshake)
    {
        switch (phase, input)
        {
            case (ConnectionPhase.Handshake, ConnectionInput.Joined joined) when Joining(joined.Channel) is { } subscription:
                handshake!.Subscriptions.Joined(subscription, joined.Info);
                break;
            case (ConnectionPhase.Handshake, ConnectionInput.JoinRefused refused) when Joining(refused.Channel) is { } subscription:
                handshake!.Subscriptions.JoinRefused(subscription, refused.Reason);
                break;
            case (ConnectionPhase.Open or ConnectionPhase.Closing, _):
                Take(input, isOpen: phase is ConnectionPhase.Open);
                break;
        }
    }

    private void Take(ConnectionInput input, bool isOpen)
    {
        switch (input)
        {
            case ConnectionInput.Joined joined when Joining(joined.Channel) is { } subscription:
                subscriptions.Joined(subscription, joined.Info);
                requests.Continue(subscription);
                break;
            case ConnectionInput.JoinRefused refused when Joining(refused.Channel) is { } subscription:
                subscriptions.JoinRefused(subscription, refused.Reason);
                requests.Continue(subscription);
                break;
            case ConnectionInput.Left left when isOpen && context.Subscriptions.Find(left.Channel) is { } subscription:
                subscriptions.Left(subscription);
                requests.Continue(subscription);
                break;
            case ConnectionInput.SubscribedByServer made when isOpen:
                watch.Make(made.Subscription, made.Reason);
                break;
            case ConnectionInput.UnsubscribedByServer ended when isOpen:
                watch.End(ended.Channel, ended.Reason);
                break;
            case ConnectionInput.Described described:
                subscriptions.Described(described.Tag, described.Info);
                break;
        }
    }

    private ConnectionSubscription? Joining(ChannelName channel) =>
        context.Subscriptions.Find(channel) is { Stage: SubscriptionStage.Joining } subscription ? subscription : null;
}
