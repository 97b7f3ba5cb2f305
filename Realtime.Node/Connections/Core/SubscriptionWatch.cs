using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>What begins and ends subscriptions without a word of the client: the application, a right that is gone, a token that is over.</summary>
internal sealed class SubscriptionWatch(ConnectionContext context, SessionOutbox session)
{
    /// <summary>
    /// The application has made a subscription. The session says so until it hears of it: nothing is done here while the channel is being joined or left.
    /// </summary>
    public void Make(SessionSubscription made, string? reason)
    {
        var known = context.Subscriptions.Find(made.Channel);
        if (known is { Stage: SubscriptionStage.Active })
        {
            known.ByServer = true;
            session.Store(made.Channel);
        }
        else if (known is null && !context.MayHaveByServer(made.Channel))
        {
            session.Store(made.Channel);
        }
        else if (known is null)
        {
            var subscription = new ConnectionSubscription(made.Channel, 0) { ByServer = true, Reason = reason };
            context.Add(subscription);
            context.Join(subscription, made.Position is { } from ? new StartFrom.At(from) : StartFrom.Live);
        }
    }

    /// <summary>The application has ended a subscription.</summary>
    public void End(ChannelName channel, string? reason)
    {
        if (context.Subscriptions.Find(channel) is { } known)
        {
            Drop(known, reason ?? "");
        }
        else
        {
            session.Store(channel);
        }
    }

    /// <summary>A new token came: what it does not allow ends, and who is told of presence is decided anew.</summary>
    public void Recheck()
    {
        foreach (var subscription in context.Subscriptions.Where(known => known.Stage is not SubscriptionStage.Leaving).ToList())
        {
            var who = context.SubjectOn(subscription.Channel) with { IsSubscribed = true };
            if (!subscription.ByServer && !context.Setup.Access.Allows(ChannelRights.Subscribe, subscription.Channel, who))
            {
                Drop(subscription, ErrorRegistry.NameOf(ErrorCode.Forbidden));
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
                Drop(subscription, ErrorRegistry.NameOf(ErrorCode.TokenExpired));
            }
        }

        context.Subscriptions.FindNextTokenEnd();
    }

    /// <summary>Ends one that is not being left already; the client is told when nothing of it can follow.</summary>
    private void Drop(ConnectionSubscription subscription, string why)
    {
        if (subscription.Stage is SubscriptionStage.Leaving)
        {
            return;
        }

        subscription.Dropped = why;
        if (subscription.Stage is SubscriptionStage.Active)
        {
            subscription.Stage = SubscriptionStage.Leaving;
            session.Store(subscription.Channel);
            context.Effects.Add(new ConnectionEffect.Leave(subscription.Channel, Withdraws: true));
        }
    }
}
