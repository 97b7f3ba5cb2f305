using Microsoft.Extensions.Logging;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations;

/// <summary>
/// Takes this node out of service for operators, and back. One at a time: two operators who press at once get one drain, and the later one is told so. Apart from
/// the stop of a node, which nobody takes back: once that has begun nothing is done here.
/// </summary>
/// <param name="window">Over how long connections are asked to go.</param>
/// <param name="leave">Begins the stop of the process, and returns.</param>
internal sealed class NodeDraining(
    Func<OperatedNode> node, NodeReadiness readiness, bool isClustered, TimeSpan window, Action leave, ILogger<NodeDraining> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Everybody has been asked to go, and the time for that is over. Who has not gone by then is still on the way: see <see cref="IsEmpty"/>.</summary>
    private volatile bool _movedAway;

    /// <summary>Which drain this is: what an earlier one still has to say is void once it was taken back.</summary>
    private volatile int _round;

    /// <summary><c>starting</c>, <c>serving</c>, <c>draining</c>, <c>drained</c> or <c>stopped</c>.</summary>
    public string Phase => readiness.Phase switch
    {
        NodePhase.Starting => "starting",
        NodePhase.Serving when !readiness.IsDrained => "serving",
        NodePhase.Serving => IsEmpty() ? "drained" : "draining",
        NodePhase.Draining => "draining",
        NodePhase.Stopped => "stopped",
        _ => throw new InvalidOperationException($"There is no phase {readiness.Phase}."),
    };

    public Task<OperatorReply> DrainAsync(CancellationToken cancellation) => OneAtATimeAsync(BeginAsync, cancellation);

    public Task<OperatorReply> UndrainAsync(CancellationToken cancellation) => OneAtATimeAsync(TakeBackAsync, cancellation);

    /// <summary>Drains, and then ends the process.</summary>
    public Task<OperatorReply> LeaveAsync(CancellationToken cancellation) => OneAtATimeAsync(
        async token =>
        {
            if (readiness.Phase is NodePhase.Draining or NodePhase.Stopped)
            {
                return OperatorReply.Begun($"{Self} is stopping already.");
            }

            var drained = await TakeOutAsync(token).ConfigureAwait(false);
            if (!drained.IsSuccess)
            {
                return drained;
            }

            // The stop moves the connections itself, with a deadline for everything.
            leave();
            return OperatorReply.Begun($"{Self} gives its shards and connections away, and then its process ends.");
        },
        cancellation);

    public void Dispose() => _one.Dispose();

    private string Self => node().Cluster.Self.Name;

    private async Task<OperatorReply> OneAtATimeAsync(Func<CancellationToken, Task<OperatorReply>> action, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await action(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<OperatorReply> BeginAsync(CancellationToken cancellation)
    {
        var before = readiness.IsDrained;
        var reply = await TakeOutAsync(cancellation).ConfigureAwait(false);
        if (reply.IsSuccess && !before)
        {
            _ = MoveAwayAsync(_round);
        }

        return reply;
    }

    private async Task<OperatorReply> TakeOutAsync(CancellationToken cancellation)
    {
        if (NotNow() is { } why)
        {
            return why;
        }

        if (readiness.IsDrained)
        {
            return IsEmpty() ? OperatorReply.Done($"{Self} is drained already: {Left()}.") : OperatorReply.Begun($"{Self} is draining already: {Left()}.");
        }

        // First what can be refused: nothing has been done when it is.
        var result = await node().Steering.DrainAsync(cancellation).ConfigureAwait(false);
        if (!result.IsDone)
        {
            return Words.Of(result);
        }

        _movedAway = false;
        _round++;
        readiness.IsDrained = true;
        logger.DrainBegun();
        return OperatorReply.Begun($"{Self} gives its shards away, and its connections over {window.TotalSeconds:0.#} s: {Left()}. It stays, and takes nothing new, until it is undrained.");
    }

    private async Task<OperatorReply> TakeBackAsync(CancellationToken cancellation)
    {
        if (NotNow() is { } why)
        {
            return why;
        }

        if (!readiness.IsDrained)
        {
            return OperatorReply.Done($"{Self} is not drained.");
        }

        var result = await node().Steering.UndrainAsync(cancellation).ConfigureAwait(false);
        if (!result.IsDone)
        {
            return Words.Of(result);
        }

        node().Mover.Stay();
        readiness.IsDrained = false;
        logger.DrainTakenBack();
        return OperatorReply.Done($"{Self} takes shards and clients again.");
    }

    /// <summary>Shards first: a client that goes before its session does would be sent twice.</summary>
    private async Task MoveAwayAsync(int round)
    {
        try
        {
            if (!await node().Steering.EmptiedAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }

            var moved = Task.CompletedTask;
            await OneAtATimeAsync(
                _ =>
                {
                    // Taken back in between, or stopping: then it is no longer ours to do.
                    if (round == _round && readiness is { IsDrained: true, Phase: NodePhase.Serving })
                    {
                        moved = node().Mover.DrainAsync(window, CancellationToken.None);
                    }

                    return Task.FromResult(OperatorReply.Done(""));
                },
                CancellationToken.None).ConfigureAwait(false);
            await moved.ConfigureAwait(false);
            _movedAway |= round == _round && readiness.IsDrained;
        }
        catch (Exception fault)
        {
            // Nobody waits for this. The node stays drained; its connections are where they were, and undrain and leave work as ever.
            logger.DrainFailed(fault);
        }
    }

    private OperatorReply? NotNow() => readiness.Phase switch
    {
        NodePhase.Starting => OperatorReply.Conflict($"{Self} is starting."),
        NodePhase.Draining or NodePhase.Stopped => OperatorReply.Conflict($"{Self} is stopping, and nobody can take that back."),
        _ when !isClustered => OperatorReply.Conflict($"{Self} is alone on its store: nobody could take its sessions. Stop its process instead."),
        _ => null,
    };

    /// <summary>Those who have nowhere to go stay, and are relayed for. Whoever can go goes, also after the window: until then it is not over.</summary>
    private bool IsEmpty() => _movedAway && Shards() == 0 && node().Mover.Snapshot is { Pending: 0, UnderWay: 0, Stayed: 0 };

    /// <summary>How far it is, in words.</summary>
    private string Left()
    {
        var (shards, moves) = (Shards(), node().Mover.Snapshot);
        var nowhere = moves.Unmovable > 0 ? $", {moves.Unmovable} of them with nowhere to go" : "";
        return $"{shards} {(shards == 1 ? "shard" : "shards")} and {moves.Connections} {(moves.Connections == 1 ? "connection" : "connections")} left{nowhere}";
    }

    private int Shards()
    {
        var cluster = node().Cluster;
        var self = cluster.View.Find(cluster.Self)?.Incarnation;
        return cluster.View.Shards.Count(row => row.Owner == self);
    }
}
