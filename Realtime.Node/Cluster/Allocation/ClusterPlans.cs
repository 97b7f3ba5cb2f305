using Akka.Actor;
using Akka.DistributedData;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>
/// What operators and stopping nodes want of the shards: drains, a pause of balance, moves of single shards. A wish that is accepted is written at most of the
/// nodes; it is forgotten when all of them are gone at once. Safe for all threads.
/// </summary>
public sealed class ClusterPlans(ClusterMap map)
{
    /// <summary>Longer than the keeper takes to read and write.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>Rows in a row without a shard, of three looks at least: a shard that came at the very moment would be in one of them.</summary>
    private const int EmptyRows = 4;

    private volatile PlanBook _current = PlanBook.Empty;
    private volatile Started? _started;
    private volatile bool _isAskingToLeave;
    private volatile bool _isEnding;

    /// <summary>The plans in force, as this node knows them. Empty on a lighthouse.</summary>
    public PlanBook Current => _current;

    internal AllocationRounds Rounds { get; } = new();

    /// <summary>Empties a node and gives it nothing until <see cref="UndrainAsync"/>, also after it is started again. Refused for the last node that takes shards.</summary>
    public Task<PlanAnswer> DrainAsync(NodeId node) => AskAsync(new PlanRequest.Drain(node));

    public Task<PlanAnswer> UndrainAsync(NodeId node) => AskAsync(new PlanRequest.Undrain(node));

    /// <summary>
    /// Asks for leave to end this process, by what most of the nodes know and not by the picture of one of them. Once it is accepted the node is given nothing any more, and has to end.
    /// Refused for the last node that takes shards, unless it is alone. Whatever else is answered, it stays.
    /// </summary>
    public async Task<PlanAnswer> LeaveAsync(NodeId self)
    {
        if (_started is not { } started)
        {
            return PlanAnswer.Unavailable;
        }

        _isAskingToLeave = true;
        try
        {
            var answer = await AskAsync(new PlanRequest.Leave(self, started.Self)).ConfigureAwait(false);
            _isEnding |= answer is PlanAnswer.Accepted;
            return answer;
        }
        finally
        {
            _isAskingToLeave = false;
        }
    }

    /// <summary>Moves nothing for balance alone until a time. Drains and moves of single shards go on.</summary>
    public Task<PlanAnswer> PauseAsync(DateTimeOffset until) => AskAsync(new PlanRequest.Pause(until.ToUnixTimeMilliseconds()));

    public Task<PlanAnswer> ResumeAsync() => AskAsync(new PlanRequest.Resume());

    /// <summary>Moves one shard of a kind. Held until it is there, or until its target takes no shards any more; balance then sees to the rest.</summary>
    public Task<PlanAnswer> MoveAsync(EntityKind kind, ShardId shard, NodeId target) => AskAsync(new PlanRequest.Move(kind, shard, target));

    /// <summary>
    /// This process is about to end: gives all its shards to other nodes, a few at a time, and waits until it holds none. Never refused. Ends at once when no other node
    /// takes shards.
    /// </summary>
    /// <param name="deadline">Ends the wait; what is left is handed over all at once when the node leaves.</param>
    public async Task<LeaveEnd> GiveAwayAsync(CancellationToken deadline)
    {
        try
        {
            if (_started is not { } started || !OthersTakeShards(map.Current))
            {
                return LeaveEnd.NoOtherNode;
            }

            _isEnding = true;
            await started.WriteStopAsync(deadline).ConfigureAwait(false);
            return await WaitUntilEmptyAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return LeaveEnd.Deadline;
        }
    }

    internal void Start(ActorSystem system, IActorRef keeper) => _started = new Started(system, keeper);

    internal void Publish(PlanBook plans) => _current = plans;

    /// <summary>Whatever ends this process: other nodes do not give it shards any more.</summary>
    internal Task SayThatItStopsAsync()
    {
        _isEnding = true;
        return _started?.WriteStopAsync(CancellationToken.None) ?? Task.CompletedTask;
    }

    /// <summary>Asked now and then: leave that was asked for and not confirmed in time may have been written all the same, and the process stays.</summary>
    internal void TakeBackStop()
    {
        if (!_isEnding && !_isAskingToLeave && _started is { } started && _current.Stopping.Contains(started.Self))
        {
            started.TakeBackStop();
        }
    }

    /// <summary>Of the coordinator: a move is over.</summary>
    internal void Settle(PlanRequest.Move move, bool isThere) =>
        _started?.Keeper.Tell(new PlanRequest.Settle(move.Kind, move.Shard, move.Target, isThere), ActorRefs.NoSender);

    private async Task<PlanAnswer> AskAsync(PlanRequest request)
    {
        if (_started is not { } started)
        {
            return PlanAnswer.Unavailable;
        }

        try
        {
            return (await started.Keeper.Ask<PlanReply.Judged>(request, Patience).ConfigureAwait(false)).Answer;
        }
        catch (AskTimeoutException)
        {
            return PlanAnswer.Unavailable;
        }
    }

    private async Task<LeaveEnd> WaitUntilEmptyAsync(CancellationToken deadline)
    {
        var (rows, last) = (0, 0L);
        var end = await map.WaitForAsync(
            cluster =>
            {
                if (cluster.Self?.Row is { } row && row.Number != last)
                {
                    last = row.Number;
                    rows = row.IsDraining && row.SessionShards.IsEmpty && row.ChannelShards.IsEmpty ? rows + 1 : 0;
                }

                return rows >= EmptyRows || !OthersTakeShards(cluster);
            },
            deadline).ConfigureAwait(false);
        return rows >= EmptyRows ? LeaveEnd.Empty : LeaveEnd.NoOtherNode;
    }

    private static bool OthersTakeShards(ClusterSnapshot cluster) => cluster.Members.Any(member => member.Key != cluster.Self?.Key && member.TakesShards);

    private sealed record Started(ActorSystem System, IActorRef Keeper)
    {
        public MemberKey Self { get; } = ClusterMapActor.KeyOf(Akka.Cluster.Cluster.Get(System).SelfUniqueAddress);

        /// <summary>It is written here at once, and spreads from here even if too few nodes confirm it in time.</summary>
        public Task<IUpdateResponse> WriteStopAsync(CancellationToken cancellation) =>
            PlanData.ReplicatorOf(System).Ask<IUpdateResponse>(WriteStop(""), Patience, cancellation);

        public void TakeBackStop() => PlanData.ReplicatorOf(System).Tell(WriteStop(null), ActorRefs.NoSender);

        private Update WriteStop(string? value) => PlanData.Write(System, [new(PlanBook.StopKey(Self), value)]);
    }
}
