using Akka.Actor;
using Realtime.Node.Cluster;
using Realtime.Node.Cluster.Allocation;

namespace Realtime.Node.Operations.Inquiries;

/// <summary>Lets a member answer what others ask for operators.</summary>
internal static class InquiryRegistration
{
    public static void StartInquiries(this ActorSystem system, ClusterMap map, OperatorDesk desk) =>
        system.ActorOf(InquiryActor.PropsOf(map, desk), NodePlaces.OperatorInquiries);
}
