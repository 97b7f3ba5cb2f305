using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Auth;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>Takes back what was issued to a user, or a session, in the whole cluster.</summary>
internal sealed class RevocationActions(Func<IRevocations> revocations)
{
    private const int LongestReason = 200;
    private const int LongestUser = 128;

    public async Task<OperatorReply> RevokeUserAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var name = question.Arguments[0];
        if (name.Length > LongestUser || !ChannelName.TryParse("@" + name, out _, out _))
        {
            throw OperatorQuestion.Bad($"'{name}' is not the name of a user: what a token says as sub.", "user");
        }

        var reply = await revocations().RevokeAsync(new UserId(name), Reason(question), cancellation).ConfigureAwait(false);
        return Answer(reply, $"What was issued to user {name} until now does not count any more; their connections are closed within seconds.");
    }

    public async Task<OperatorReply> RevokeSessionAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var id = OperatorQuestion.Session(question.Arguments[0], "id");
        var reply = await revocations().RevokeAsync(id, Reason(question), cancellation).ConfigureAwait(false);
        return Answer(reply, $"Session {id} is revoked: its connection is closed within seconds, and it is never resumed.");
    }

    private static string? Reason(OperatorQuestion question) => question.Read(ActionBodies.Default.Revoke, new OperatorActions.Revoke()).Reason is not { } reason ? null
        : reason.Length <= LongestReason ? reason
        : throw OperatorQuestion.Bad($"reason must be at most {LongestReason} characters.", "reason");

    private static OperatorReply Answer(RevocationReply reply, string done) => reply.IsDone ? OperatorReply.Done(done)
        : reply.Refusal is ErrorCode.Unavailable && reply.RetryAfter is not null ? OperatorReply.Timeout(reply.Reason!)
        : OperatorReply.Unavailable($"It was not kept: {reply.Reason}");
}
