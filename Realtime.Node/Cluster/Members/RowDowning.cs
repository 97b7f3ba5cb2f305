using Akka.Actor;
using Akka.Cluster;

namespace Realtime.Node.Cluster.Members;

/// <summary>
/// Decides by the rows of the store who is no member any more (<c>akka.cluster.downing-provider-class</c>). Where no other process can be on the store there is nothing to decide.
/// </summary>
public sealed class RowDowning(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    /// <summary>Nobody is taken out of the cluster who may still answer, so successors need not wait.</summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <summary>Null: nobody is downed. Lighthouses say whom they miss and do not decide.</summary>
    public Props? DowningActorProps => system.Settings.Setup.Get<MemberRowsSetup>() is { HasValue: true, Value: var setup }
        ? DowningActor.PropsOf(setup, cluster.SelfRoles.Contains(ActorSystemSettings.NodeRole))
        : null;
}
