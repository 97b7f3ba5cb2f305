using System.Globalization;
using Akka.Actor;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Inquiries;

/// <summary>The answer to one question of another member. One that is longer than a message goes out in parts, each when it is asked for, and lives until the last.</summary>
internal sealed class InquiryAnswer : UntypedActor
{
    /// <summary>Far below the frame, with all that is around it.</summary>
    internal const int MostOfPart = 128 * 1024;

    /// <summary>For which the next part is not asked for: who asked is gone.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(5);

    private readonly long _ticket;
    private readonly IActorRef _asker;
    private OperatorReply? _reply;

    public InquiryAnswer(OperatorDesk desk, Inquiry.Question question, long ticket, IActorRef asker)
    {
        (_ticket, _asker) = (ticket, asker);

        // The desk has a deadline of its own, and an action that was asked for is done.
        desk.AnswerMemberAsync(question, CancellationToken.None).PipeTo(Self, success: static reply => new Answered(reply));
    }

    public static Props PropsOf(OperatorDesk desk, Inquiry.Question question, long ticket, IActorRef asker) =>
        Props.Create(() => new InquiryAnswer(desk, question, ticket, asker));

    public static string NameOf(long ticket) => ticket.ToString(CultureInfo.InvariantCulture);

    /// <summary>A short answer.</summary>
    public static Inquiry.Part Whole(OperatorReply reply) =>
        new(reply.Status, reply.Detail, 0, reply.Body.Length, 0, new Payload(reply.Body));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Answered answered:
                _reply = answered.Reply;
                Send(_asker, 0);
                break;
            case Inquiry.Next next when _reply is { } reply && next.Offset >= 0 && next.Offset < reply.Body.Length:
                Send(Sender, next.Offset);
                break;
            case ReceiveTimeout:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Send(IActorRef to, int offset)
    {
        var body = _reply!.Body;
        var bytes = body.Slice(offset, Math.Min(MostOfPart, body.Length - offset));
        to.Tell(new Inquiry.Part(_reply.Status, _reply.Detail, _ticket, body.Length, offset, new Payload(bytes)));
        if (offset + bytes.Length == body.Length)
        {
            Context.Stop(Self);
            return;
        }

        Context.SetReceiveTimeout(Abandoned);
    }

    private sealed record Answered(OperatorReply Reply) : INoSerializationVerificationNeeded;
}
