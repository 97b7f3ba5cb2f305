using Akka.Actor;

namespace Realtime.Node.Cluster;

/// <summary>
/// An actor with an identity in the cluster. One that throws stops: the next message to its id starts another, which reads what is committed,
/// and those who hold its reference notice its end. A restart, which is what a shard does, would leave a new state behind the old reference.
/// </summary>
public abstract class EntityActor : UntypedActor
{
    /// <summary>Not the state of before: no start, and the end before any further message.</summary>
    protected sealed override void PostRestart(Exception reason) => Context.Stop(Self);
}
