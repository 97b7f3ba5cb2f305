using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections.Core;

/// <summary>Who may do what on a channel, by the rules of its namespace. What is not allowed is forbidden.</summary>
internal sealed class AccessCheck(NamespaceTable namespaces)
{
    public Refusal? Subscribe(ChannelName channel, UserId? user, out NamespacePolicy? space)
    {
        if (Find(channel, out space) is { } refusal)
        {
            return refusal;
        }

        if (channel.NeedsToken)
        {
            return new Refusal(ErrorCode.Forbidden, "this channel needs a subscription token");
        }

        if (channel.IsPersonal && !channel.IsPersonalOf(user))
        {
            return new Refusal(ErrorCode.Forbidden, "a personal channel is its user's alone");
        }

        return Judge(space!.Subscribe, user, false, "subscribe to");
    }

    public Refusal? Publish(ChannelName channel, UserId? user, bool isSubscribed, out NamespacePolicy? space)
    {
        if (Find(channel, out space) is { } refusal)
        {
            return refusal;
        }

        if (channel.NeedsToken && !isSubscribed)
        {
            return new Refusal(ErrorCode.Forbidden, "this channel needs a subscription token");
        }

        return Judge(space!.Publish, user, isSubscribed, "publish on");
    }

    /// <summary>What a session shows goes to everybody who comes in, so it is bounded more tightly than a message.</summary>
    /// <param name="field">Where it stands, for the answer.</param>
    public static Refusal? Presence(NamespacePolicy space, Payload? presence, string field) =>
        presence is { } data && data.Length > space.PresenceBytes
            ? new Refusal(ErrorCode.TooLarge, $"{field} is {data.Length} bytes, {space.PresenceBytes} are allowed")
            : null;

    private Refusal? Find(ChannelName channel, out NamespacePolicy? space)
    {
        space = null;
        if (channel.IsReserved)
        {
            return new Refusal(ErrorCode.Forbidden, "channels that begin with ~ belong to the server");
        }

        return namespaces.TryFind(channel, out space)
            ? null
            : new Refusal(ErrorCode.NotFound, NamespaceTable.Missing(channel));
    }

    private static Refusal? Judge(AccessRule rule, UserId? user, bool isSubscribed, string what) => rule switch
    {
        AccessRule.Anyone => null,
        AccessRule.Users when user is not null => null,
        AccessRule.Subscribers when isSubscribed => null,
        AccessRule.Users => new Refusal(ErrorCode.Forbidden, $"only users may {what} this channel"),
        AccessRule.Subscribers => new Refusal(ErrorCode.NotSubscribed, $"only subscribers may {what} this channel"),
        _ => new Refusal(ErrorCode.Forbidden, $"clients may not {what} this channel"),
    };
}
