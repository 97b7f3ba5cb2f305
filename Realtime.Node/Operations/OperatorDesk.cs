using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations;

/// <summary>Where questions of operators arrive, and where what goes wrong with one becomes an answer.</summary>
internal sealed class OperatorDesk(RouteTable routes, TimeProvider time, ILogger<OperatorDesk> logger)
{
    /// <summary>Longer than the longest step of any question, so that its own deadline speaks first.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public RouteTable Routes => routes;

    /// <summary>Never throws.</summary>
    public async Task<OperatorReply> AnswerAsync(OperatorRoute route, OperatorQuestion question, CancellationToken gone)
    {
        using var deadline = new CancellationTokenSource(Longest, time);

        // Whoever leaves in the middle of an action has asked for it all the same.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, route.IsAction ? CancellationToken.None : gone);
        try
        {
            return await route.Answer(question, either.Token).ConfigureAwait(false);
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
