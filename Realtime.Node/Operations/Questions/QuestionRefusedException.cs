using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>A question that is not answered, and with what instead: thrown where a parameter is read or looked up, so that nothing has been done yet.</summary>
internal sealed class QuestionRefusedException(OperatorReply reply) : Exception(reply.Detail)
{
    public OperatorReply Reply { get; } = reply;
}
