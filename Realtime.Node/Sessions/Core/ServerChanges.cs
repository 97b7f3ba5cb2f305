using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>
/// Subscriptions that the application has made or ended and the connection has not confirmed: said again until it has, because what is said between nodes may be lost, and kept against what the connection says
/// of itself meanwhile.
/// </summary>
internal sealed class ServerChanges
{
    /// <summary>Milliseconds.</summary>
    public const long Again = 2_000;

    private readonly Dictionary<ChannelName, SessionNews> _waiting = [];

    /// <summary>When it is said again, milliseconds since 1970; null: all is confirmed.</summary>
    public long? NextAt { get; private set; }

    public bool IsEmpty => _waiting.Count == 0;

    public void Add(ChannelName channel, SessionNews news, long now)
    {
        _waiting[channel] = news;
        NextAt = now;
    }

    /// <summary>The connection says that it has a subscription; it may have spoken before it heard.</summary>
    /// <returns>What it is to be; null: it is to end.</returns>
    public SessionSubscription? Put(SessionSubscription said)
    {
        switch (_waiting.GetValueOrDefault(said.Channel))
        {
            case SessionNews.Unsubscribed:
                return null;
            case SessionNews.Subscribed when said.ByServer:
                _waiting.Remove(said.Channel);
                return said;
            case SessionNews.Subscribed:
                return said with { ByServer = true };
            default:
                return said;
        }
    }

    /// <summary>The connection says that it has none: it has left, or cannot have it.</summary>
    public void Remove(ChannelName channel) => _waiting.Remove(channel);

    /// <summary>What a connection says that it has, with what it has not heard or confirmed.</summary>
    /// <param name="known">What the session has.</param>
    public IReadOnlyList<SessionSubscription> Merge(IReadOnlyList<SessionSubscription> known, IReadOnlyList<SessionSubscription> held, SessionId session, long now)
    {
        // A session that was read back does not know what was confirmed: it says again what the connection may have missed.
        foreach (var made in known.Where(known => known.ByServer && held.All(item => item.Channel != known.Channel)))
        {
            if (!_waiting.ContainsKey(made.Channel))
            {
                Add(made.Channel, new SessionNews.Subscribed(session, made, null), now);
            }
        }

        var ended = held.Where(item => !_waiting.TryGetValue(item.Channel, out var news) || news is not SessionNews.Unsubscribed);
        return [.. ended, .. known.Where(item => _waiting.TryGetValue(item.Channel, out var news) && news is SessionNews.Subscribed && held.All(other => other.Channel != item.Channel))];
    }

    /// <summary>What has to be said now.</summary>
    public IEnumerable<SessionNews> Due(long now)
    {
        if (NextAt > now || NextAt is null)
        {
            return [];
        }

        NextAt = IsEmpty ? null : now + Again;
        return _waiting.Values;
    }
}
