using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Realtime.Node.Cluster;

namespace Realtime.Node.Schedules;

/// <summary>Adds the cluster's one scheduler to an actor system, and the way to it.</summary>
internal static class ScheduleRegistration
{
    private const string Name = "scheduler";

    /// <summary>Comes after channels and sessions.</summary>
    /// <returns>What is told to it reaches the scheduler wherever it is.</returns>
    public static IActorRef StartSchedules(this ActorSystem system, ScheduleSetup setup)
    {
        var settings = ClusterSingletonManagerSettings.Create(system).WithRole(ActorSystemSettings.NodeRole);
        system.ActorOf(ClusterSingletonManager.Props(SchedulerActor.PropsOf(setup), new SchedulerInput.Leave(), settings), Name);
        return system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{Name}", ClusterSingletonProxySettings.Create(system).WithRole(ActorSystemSettings.NodeRole)), $"{Name}-proxy");
    }
}
