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

    public EntityAddress Address { get; } = address;

    protected IEntityHost Host { get; } = host;

    /// <summary>Asks the entity to write what must be written and stop; told when the node leaves.</summary>
    public sealed record Leave
    {
        public static Leave Instance { get; } = new();
    }

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

    protected override void Stopped(Exception? failure) =>
        Host.Released(Address, this, (IReadOnlyList<EntityInput>?)_undelivered ?? [], failure);
}
