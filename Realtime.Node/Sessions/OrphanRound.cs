using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions;

/// <summary>One question to each of some sessions, and who has answered it. The tag is the place in the list.</summary>
internal sealed class OrphanRound(IReadOnlyList<SessionId> sessions) : IReplyReceiver
{
    private readonly bool[] _heard = new bool[sessions.Count];
    private readonly bool[] _done = new bool[sessions.Count];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _waiting = sessions.Count;

    public void Ask(ICluster cluster)
    {
        for (var i = 0; i < sessions.Count; i++)
        {
            cluster.Ask(EntityAddress.Of(sessions[i]), new SessionRequest.Orphaned(), this, i);
        }
    }

    public void OnReply(long tag, EntityReply reply)
    {
        lock (_lock)
        {
            _done[tag] |= reply is SessionReply;
            if (_heard[tag])
            {
                return;
            }

            _heard[tag] = true;
            if (--_waiting > 0)
            {
                return;
            }
        }

        _all.TrySetResult();
    }

    /// <summary>Completes when all have answered, or when the time is up.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await _all.Task.WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Who has not answered is asked again.
        }
    }

    /// <summary>Who did not answer, or was refused.</summary>
    public IReadOnlyList<SessionId> Unanswered()
    {
        lock (_lock)
        {
            return [.. sessions.Where((_, place) => !_done[place])];
        }
    }
}
