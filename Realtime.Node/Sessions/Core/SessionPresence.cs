using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>Tells a channel that asks whether this session is there.</summary>
internal static class SessionPresence
{
    /// <summary>
    /// A session without a row, that nobody stands for any more, has nobody who would take its presence back: without the question, channels would show it for
    /// ever. One that has a row and nobody that stands for it is an orphan that was missed.
    /// </summary>
    public static void Probe(SessionContext session, ChannelName channel, long now, List<SessionEffect> effects)
    {
        SessionAttaching.Orphaned(session, now, effects);
        var isPresent = session is { Exists: true, IsEnding: false, IsWithdrawn: false };
        var presence = isPresent ? session.Subscriptions.Find(channel)?.Presence : null;
        ChannelRequest word = presence is { } data
            ? new ChannelRequest.Announce(session.Id, session.User, data)
            : new ChannelRequest.Withdraw(session.Id);
        effects.Add(new SessionEffect.TellChannel(channel, word));
    }
}
