using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
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

    /// <summary>Guards which entity an address has, and what came for one that has stopped and is not released yet.</summary>
    private readonly Lock _changes = new();
    private readonly Dictionary<Entity, List<EntityInput>> _late = [];
    private INodeReceiver? _receiver;
    private volatile bool _leaving;

    public NodeId Self { get; } = self;

    public ClusterView View { get; } = ClusterView.Alone(self);

    /// <summary>There is no lease to lose.</summary>
    public Standing Standing => Standing.Sure;

    /// <summary>Null: nobody else writes to the store.</summary>
    public ShardFence? Fence => null;

    /// <summary>Never raised: a single node owns everything for ever.</summary>
    public event Action<OwnersChange>? OwnersChanged
    {
        add { }
        remove { }
    }

    /// <summary>Never raised.</summary>
    public event Action<Standing>? StandingChanged
    {
        add { }
        remove { }
    }

    /// <summary>How many entities are in memory.</summary>
    public int Count => _entities.Count;

    public void Register(IEntityKind kind) => _kinds.Add(kind.Kind, kind);

    public void Register(INodeReceiver receiver) => _receiver = receiver;

    public bool Owns(EntityAddress address) => true;

    public bool IsMember(NodeId node) => node == Self;

    /// <summary>There is nobody to give anything to.</summary>
    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

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

    public void Released(EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure, ReadOnlyMemory<byte>? export)
    {
        if (failure is not null)
        {
            LogEntityFailed(failure, address.Kind);
        }

        IEnumerable<EntityInput> rest = undelivered;
        lock (_changes)
        {
            if (_late.Remove(entity, out var late))
            {
                rest = rest.Concat(late);
            }

            if (_leaving || !rest.Any())
            {
                _entities.TryRemove(KeyValuePair.Create(address, entity));
            }
            else
            {
                Replace(address, rest);
                rest = [];
            }
        }

        foreach (var input in rest)
        {
            Refuse(input);
        }

        if (_leaving && _entities.IsEmpty)
        {
            _empty.TrySetResult();
        }
    }

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        lock (_changes)
        {
            _leaving = true;
        }

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
        if (_entities.TryGetValue(to, out var entity) && entity.Tell(input))
        {
            return;
        }

        lock (_changes)
        {
            if (_entities.TryGetValue(to, out entity))
            {
                if (!entity.Tell(input))
                {
                    WaitForRelease(entity, input);
                }

                return;
            }

            if (!_leaving)
            {
                Replace(to, [input]);
                return;
            }
        }

        Refuse(input);
    }

    /// <summary>
    /// Makes the entity of an address and gives it what waits, and only then lets others see it: whoever finds it comes after those.
    /// </summary>
    private void Replace(EntityAddress address, IEnumerable<EntityInput> waiting)
    {
        var entity = _kinds[address.Kind].Create(address, this, null);
        foreach (var input in waiting)
        {
            if (!entity.Tell(input))
            {
                WaitForRelease(entity, input);
            }
        }

        _entities[address] = entity;
    }

    /// <summary>
    /// The entity has stopped and is about to hand over what it did not handle. This comes after that; a new entity made for it now would
    /// handle it before.
    /// </summary>
    private void WaitForRelease(Entity entity, EntityInput input)
    {
        if (!_late.TryGetValue(entity, out var late))
        {
            _late.Add(entity, late = []);
        }

        late.Add(input);
    }

    private static void Refuse(EntityInput input) =>
        input.ReplyTo.Send(new EntityReply.Refused(ErrorCode.Unavailable, "the node is stopping", 1000));

    [LoggerMessage(3001, LogLevel.Error, "A {Kind} entity failed and was stopped; it loads again on its next message")]
    private partial void LogEntityFailed(Exception failure, EntityKind kind);
}
