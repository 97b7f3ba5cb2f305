using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>Channels that have not answered yet that they know of the session's leave. They are asked again with doubling pauses.</summary>
internal sealed class PendingWithdrawals
{
    private readonly SessionPolicy _policy;
    private readonly List<ChannelRequest.Withdraw> _requests;
    private TimeSpan _pause;

    /// <param name="requests">With tags of their own, so that a late answer to an earlier withdrawal is not taken for one of these.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public PendingWithdrawals(IEnumerable<ChannelRequest.Withdraw> requests, SessionPolicy policy, long now)
    {
        _requests = [.. requests];
        _policy = policy;
        _pause = policy.WithdrawAgain;
        NextAt = now;
    }

    public bool IsEmpty => _requests.Count == 0;

    /// <summary>When those that have not answered are asked again, milliseconds since 1970.</summary>
    public long NextAt { get; private set; }

    public void Send(long now, List<SessionEffect> effects)
    {
        if (now < NextAt)
        {
            return;
        }

        foreach (var request in _requests)
        {
            effects.Add(new SessionEffect.TellChannel(request));
        }

        NextAt = now + (long)_pause.TotalMilliseconds;
        _pause = _pause * 2 < _policy.WithdrawAgainMost ? _pause * 2 : _policy.WithdrawAgainMost;
    }

    /// <summary>
    /// A channel that refuses for good, such as one whose namespace is gone from the configuration, has no roster either.
    /// </summary>
    public void OnReply(ChannelReply reply)
    {
        if (reply is ChannelReply.Noted or ChannelReply.Refused { RetryAfter: null })
        {
            _requests.RemoveAll(request => request.Tag == reply.Tag);
        }
    }
}
