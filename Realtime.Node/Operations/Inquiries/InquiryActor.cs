using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Inquiries;

/// <summary>
/// Takes what other members of the cluster ask for operators, an <see cref="InquiryAnswer"/> for each. Has the same path on every member.
/// </summary>
internal sealed class InquiryActor : UntypedActor
{
    /// <summary>Questions of one member that are answered at a time.</summary>
    internal const int MostOfOneMember = 32;

    private readonly ClusterMap _map;
    private readonly OperatorDesk _desk;
    private readonly Dictionary<IActorRef, Address> _underWay = [];
    private long _tickets;

    public InquiryActor(ClusterMap map, OperatorDesk desk) => (_map, _desk) = (map, desk);

    public static Props PropsOf(ClusterMap map, OperatorDesk desk) => Props.Create(() => new InquiryActor(map, desk));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Inquiry.Question question when Refusal() is { } refusal:
                Sender.Tell(InquiryAnswer.Whole(refusal));
                break;
            case Inquiry.Question question:
                var ticket = ++_tickets;
                var answer = Context.ActorOf(InquiryAnswer.PropsOf(_desk, question, ticket, Sender), InquiryAnswer.NameOf(ticket));
                _underWay.Add(answer, Sender.Path.Address);
                Context.Watch(answer);
                break;
            case Inquiry.Next next when Context.Child(InquiryAnswer.NameOf(next.Ticket)) is { } answering && !answering.IsNobody():
                answering.Forward(next);
                break;
            case Inquiry.Next:
                Sender.Tell(InquiryAnswer.Whole(OperatorReply.Unavailable("The rest of the answer was not asked for in time.")));
                break;
            case Terminated ended:
                _underWay.Remove(ended.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Who is not in the cluster, or asks for more than it can wait for, is not answered.</summary>
    private OperatorReply? Refusal()
    {
        var from = Sender.Path.Address;
        return !from.HasLocalScope && _map.Current.Members.All(member => member.Key.Address != from.ToString())
            ? new OperatorReply(StatusCodes.Status403Forbidden, default, "Who asks is no member of the cluster.")
            : _underWay.Values.Count(asking => asking == from) >= MostOfOneMember
                ? OperatorReply.Unavailable("It answers too many questions of this node already.")
                : null;
    }
}
