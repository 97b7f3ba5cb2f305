using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Who may do what on a channel: by the rules of its namespace, by the grants of the application's token, or by a subscription token. What none of them allows is forbidden. More grants never take a right away.
/// </summary>
/// <param name="hidesChannels">
/// A refusal says nothing about the channel: one that does not exist is forbidden like one that does, in the same words.
/// </param>
internal sealed class AccessCheck(NamespaceTable namespaces, bool hidesChannels = false)
{
    /// <param name="right">One of them.</param>
    /// <param name="space">Set when the answer is null.</param>
    public Refusal? Check(ChannelRights right, ChannelName channel, AccessSubject who, out NamespacePolicy? space)
    {
        space = null;
        if (channel.IsReserved || channel.Namespace.StartsWith('~'))
        {
            return Forbidden(right, "channels that begin with ~ belong to the server");
        }

        if (!namespaces.TryFind(channel, out var known))
        {
            return hidesChannels ? Forbidden(right, "") : new Refusal(ErrorCode.NotFound, NamespaceTable.Missing(channel));
        }

        if (Judge(right, channel, who, known) is { } refusal)
        {
            return refusal;
        }

        space = known;
        return null;
    }

    public bool Allows(ChannelRights right, ChannelName channel, AccessSubject who) => Check(right, channel, who, out _) is null;

    /// <summary>What a session shows goes to everybody who comes in, so it is bounded more tightly than a message.</summary>
    /// <param name="field">Where it stands, for the answer.</param>
    public static Refusal? Presence(NamespacePolicy space, Payload? presence, string field) =>
        presence is { } data && data.Length > space.PresenceBytes
            ? new Refusal(ErrorCode.TooLarge, $"{field} is {data.Length} bytes, {space.PresenceBytes} are allowed")
            : null;

    private Refusal? Judge(ChannelRights right, ChannelName channel, AccessSubject who, NamespacePolicy space)
    {
        if (channel.IsPersonal && right is not ChannelRights.Publish && !channel.IsPersonalOf(who.Identity?.User))
        {
            return Forbidden(right, "a personal channel is its user's alone");
        }

        if (who.Identity is { } identity && identity.Grants.On(channel, identity.User).HasFlag(right))
        {
            return null;
        }

        if (channel.NeedsToken && !who.HasToken)
        {
            return Forbidden(right, "this channel needs a subscription token");
        }

        return right switch
        {
            ChannelRights.Publish => ByRule(right, space.Publish, channel, who),
            ChannelRights.Presence when space.ReadPresence is { } rule => ByRule(right, rule, channel, who),
            ChannelRights.History when space.ReadHistory is { } rule => ByRule(right, rule, channel, who),

            // The token is the application's word on this one channel.
            _ when channel.NeedsToken => null,
            _ => ByRule(right, space.Subscribe, channel, who),
        };
    }

    private Refusal? ByRule(ChannelRights right, AccessRule rule, ChannelName channel, AccessSubject who) => rule switch
    {
        AccessRule.Anyone => null,
        AccessRule.Users when who.Identity is not null => null,
        AccessRule.Subscribers when who.IsSubscribed => null,
        AccessRule.Users => Forbidden(right, $"only users may {Words(right)} this channel"),

        // Whoever may not subscribe either is told nothing of the rule.
        AccessRule.Subscribers when right is not ChannelRights.Subscribe && (!hidesChannels || Allows(ChannelRights.Subscribe, channel, who)) =>
            new Refusal(ErrorCode.NotSubscribed, $"only subscribers may {Words(right)} this channel"),
        _ => Forbidden(right, $"clients may not {Words(right)} this channel"),
    };

    private Refusal Forbidden(ChannelRights right, string why) =>
        new(ErrorCode.Forbidden, hidesChannels ? $"this session may not {Words(right)} this channel" : why);

    private static string Words(ChannelRights right) => right switch
    {
        ChannelRights.Subscribe => "subscribe to",
        ChannelRights.Publish => "publish on",
        ChannelRights.Presence => "see who is present on",
        _ => "read the history of",
    };
}
