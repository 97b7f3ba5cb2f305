using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The engine of a single node: one region that owns every shard. Entities come to life on their first message; when one stops, by itself
/// or by a failure, the next message makes a new one, which loads what was committed.
/// </summary>
public sealed partial class LocalCluster(NodeId self, ILogger<LocalCluster> logger) : ICluster, IEntityHost
{
    private readonly ConcurrentDictionary<EntityAddress, Entity> _entities = new();
    private readonly Dictionary<EntityKind, IEntityKind> _kinds = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private INodeReceiver? _receiver;
    private volatile bool _leaving;

    public NodeId Self { get; } = self;

    public ClusterView View { get; } = new(1, [self]);

    /// <summary>Never raised: a single node's view does not change.</summary>
    public event Action<ClusterView>? ViewChanged
    {
        add { }
        remove { }
    }

    /// <summary>How many entities are in memory.</summary>
    public int Count => _entities.Count;

    public void Register(IEntityKind kind) => _kinds.Add(kind.Kind, kind);

    public void Register(INodeReceiver receiver) => _receiver = receiver;

    public void Tell(EntityAddress to, EntityMessage message) => Route(to, new EntityInput(message));

    public void Ask(EntityAddress to, EntityMessage message, IReplyReceiver receiver, long tag) =>
        Route(to, new EntityInput(message, new ReplyTo(receiver, tag)));

    public void TellNode(NodeId node, NodeMessage message)
    {
        if (node == Self)
        {
            _receiver?.OnNodeMessage(message);
        }
    }

    public void Released(EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure)
    {
        _entities.TryRemove(KeyValuePair.Create(address, entity));
        if (failure is not null)
        {
            LogEntityFailed(failure, address.Kind);
        }

        foreach (var input in undelivered)
        {
            Route(address, input);
        }

        if (_leaving && _entities.IsEmpty)
        {
            _empty.TrySetResult();
        }
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _leaving = true;
        foreach (var (_, entity) in _entities)
        {
            entity.Tell(new EntityInput(Entity.Leave.Instance));
        }

        if (!_entities.IsEmpty)
        {
            await _empty.Task.WaitAsync(cancellation);
        }
    }

    private void Route(EntityAddress to, EntityInput input)
    {
        while (true)
        {
            if (!_entities.TryGetValue(to, out var entity))
            {
                if (_leaving)
                {
                    input.ReplyTo.Send(new EntityReply.Refused(Messages.Errors.ErrorCode.Unavailable, "the node is stopping", 1000));
                    return;
                }

                entity = _entities.GetOrAdd(to, _kinds[to.Kind].Create(to, this));
            }

            if (entity.Tell(input))
            {
                return;
            }

            // It stopped between the look-up and the letter; Released takes it out, and the next round makes its successor.
            _entities.TryRemove(KeyValuePair.Create(to, entity));
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "A {Kind} entity failed and was stopped; it loads again on its next message")]
    private partial void LogEntityFailed(Exception failure, EntityKind kind);
}
