using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What ends subscriptions without a word of the client: a right that is gone, a token that is over.</summary>
internal sealed class SubscriptionWatch(ConnectionContext context, SessionOutbox session)
{
    /// <summary>A new token came: what it does not allow ends, and who is told of presence is decided anew.</summary>
    public void Recheck()
    {
        foreach (var subscription in context.Subscriptions.Where(known => known.Stage is not SubscriptionStage.Leaving).ToList())
        {
            var who = context.SubjectOn(subscription.Channel) with { IsSubscribed = true };
            if (!subscription.ByServer && !context.Setup.Access.Allows(ChannelRights.Subscribe, subscription.Channel, who))
            {
                Drop(subscription, ErrorCode.Forbidden);
            }
            else if (context.Setup.Access.Allows(ChannelRights.Presence, subscription.Channel, who) is var sees && sees != subscription.SeesPresence)
            {
                subscription.SeesPresence = sees;
                context.Effects.Add(new ConnectionEffect.SeePresence(subscription.Channel, sees));
            }
        }
    }

    /// <summary>Ends what a subscription token does not speak for any more.</summary>
    public void EndExpired()
    {
        var now = context.Now.Wall.ToUnixTimeMilliseconds();
        if (now < context.Subscriptions.NextTokenEnd)
        {
            return;
        }

        foreach (var subscription in context.Subscriptions.Where(known => known.Stage is not SubscriptionStage.Leaving && known.TokenUntil <= now).ToList())
        {
            // A grant may allow what the token did.
            if (subscription.ByServer || context.Setup.Access.Allows(ChannelRights.Subscribe, subscription.Channel, context.SubjectOn(subscription.Channel)))
            {
                subscription.TokenUntil = null;
                session.Store(subscription.Channel);
            }
            else
            {
                Drop(subscription, ErrorCode.TokenExpired);
            }
        }

        context.Subscriptions.FindNextTokenEnd();
    }

    /// <summary>Ends one; the client is told when nothing of it can follow.</summary>
    private void Drop(ConnectionSubscription subscription, ErrorCode why)
    {
        subscription.Dropped = ErrorRegistry.NameOf(why);
        if (subscription.Stage is SubscriptionStage.Active)
        {
            subscription.Stage = SubscriptionStage.Leaving;
            session.Store(subscription.Channel);
            context.Effects.Add(new ConnectionEffect.Leave(subscription.Channel, Withdraws: true));
        }
    }
}
