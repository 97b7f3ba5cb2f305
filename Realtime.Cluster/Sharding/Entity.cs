using Realtime.Cluster.Kernel;
using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// The shell of an entity: an actor that lives in a region under an address. It is made on the first message, loads by itself, and may
/// passivate; what reaches it while it stops goes to its successor.
/// </summary>
public abstract class Entity(EntityAddress address, IEntityHost host) : Actor<EntityInput>
{
    private List<EntityInput>? _undelivered;
    private ReadOnlyMemory<byte>? _export;

    public EntityAddress Address { get; } = address;

    protected IEntityHost Host { get; } = host;

    /// <summary>Asks the entity to write what must be written and stop; told when the node leaves.</summary>
    public sealed record Leave
    {
        public static Leave Instance { get; } = new();
    }

    /// <summary>
    /// Asks the entity to finish the writes under way, export what its successor on another node needs beyond the store, and stop. What it has not begun goes
    /// back with <see cref="HandOver"/>.
    /// </summary>
    public sealed record HandOff
    {
        public static HandOff Instance { get; } = new();
    }

    /// <summary>
    /// Another node owns the shard already: stop as soon as the writes under way have been answered (they are fenced). What was not begun
    /// goes back with <see cref="HandOver"/>.
    /// </summary>
    public sealed record Lost
    {
        public static Lost Instance { get; } = new();
    }

    /// <summary>Entities of other shards have moved; told to every entity of the node that may have announced something there.</summary>
    public sealed record OwnersMoved(OwnersChange Change);

    /// <summary>Whether a message outlives this instance of the entity: requests do, signals of the shell do not.</summary>
    protected virtual bool IsForSuccessor(EntityInput input) => input.Message is EntityMessage;

    protected override void Undelivered(EntityInput message)
    {
        if (IsForSuccessor(message))
        {
            (_undelivered ??= []).Add(message);
        }
    }

    /// <summary>Gives a message to the successor instead of handling it; before <see cref="Actor{T}.Stop"/>.</summary>
    protected void HandOver(EntityInput message) => (_undelivered ??= []).Add(message);

    /// <summary>Stops after <see cref="HandOff"/>.</summary>
    protected void StopWith(ReadOnlyMemory<byte> export)
    {
        _export = export;
        Stop();
    }

    protected override void Stopped(Exception? failure) =>
        Host.Released(Address, this, (IReadOnlyList<EntityInput>?)_undelivered ?? [], failure, _export);
}
