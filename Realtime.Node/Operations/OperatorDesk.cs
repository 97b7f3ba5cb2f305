using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Operations.Records;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations;

/// <summary>
/// Where questions of operators arrive, from outside and from other members of the cluster, where actions are noted, and where what goes wrong becomes an answer.
/// </summary>
internal sealed class OperatorDesk(RouteTable routes, AuditTrail audit, TimeProvider time, ILogger<OperatorDesk> logger)
{
    /// <summary>Longer than the longest step of any question, so that its own deadline speaks first.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public RouteTable Routes => routes;

    /// <summary>Answers an operator. Never throws.</summary>
    public async Task<OperatorReply> AnswerAsync(OperatorRoute route, OperatorQuestion question, CancellationToken gone)
    {
        var reply = await RunAsync(route, route.Outside!, question, gone).ConfigureAwait(false);
        audit.Note(route, question, reply);
        return reply;
    }

    /// <summary>Answers another member, which has let the caller in: the right comes with the question. Never throws.</summary>
    public async Task<OperatorReply> AnswerMemberAsync(Inquiry.Question asked, CancellationToken gone)
    {
        if (routes.FindHere(asked.Method, asked.Path) is not var (route, arguments))
        {
            return OperatorReply.NotFound("This node does not know what it is asked; it may run another version.");
        }

        var caller = new OperatorCaller(asked.Who, asked.From, asked.MayAct ? OperatorRight.Act : OperatorRight.View);
        var query = asked.Query.DistinctBy(parameter => parameter.Name).ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);
        var question = new OperatorQuestion(asked.Method, asked.Path, query, asked.Body.Bytes, caller) { Arguments = arguments };
        var reply = caller.Right < route.Right
            ? OperatorReply.Forbidden("The key may only look.")
            : await RunAsync(route, route.Here!, question, gone).ConfigureAwait(false);
        audit.Note(route, question, reply);
        return reply;
    }

    private async Task<OperatorReply> RunAsync(OperatorRoute route, Handler answer, OperatorQuestion question, CancellationToken gone)
    {
        using var deadline = new CancellationTokenSource(Longest, time);

        // Whoever leaves in the middle of an action has asked for it all the same.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, route.IsAction ? CancellationToken.None : gone);
        try
        {
            return await answer(question, either.Token).ConfigureAwait(false);
        }
        catch (QuestionRefusedException refused)
        {
            return refused.Reply;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return route.IsAction ? OperatorReply.Timeout("It takes too long; it may have been done.") : OperatorReply.Unavailable("It takes too long.");
        }
        catch (Exception fault)
        {
            // The answer names no cause: what went wrong inside is for the log.
            logger.QuestionFailed(fault, question.Method, route.Pattern);
            return OperatorReply.Internal("The node failed to answer; its log says why.");
        }
    }
}
