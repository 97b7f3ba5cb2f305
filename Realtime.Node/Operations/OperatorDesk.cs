using System.Text.Json;
using Realtime.Messages.Ids;
using Realtime.Node.Operations.Answers;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations;

/// <summary>
/// Where questions of operators arrive, from outside and from other nodes, and where what goes wrong with one becomes an answer.
/// </summary>
internal sealed class OperatorDesk(RouteTable routes, TimeProvider time, ILogger<OperatorDesk> logger) : IInquiryReceiver
{
    /// <summary>Longer than the longest step of any question, so that its own deadline speaks first.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public RouteTable Routes => routes;

    /// <summary>Answers somebody outside. Never throws.</summary>
    public Task<OperatorReply> AnswerAsync(OperatorRoute route, OperatorQuestion question, CancellationToken gone) =>
        RunAsync(route, route.Outside!, question, gone);

    public async Task<ReadOnlyMemory<byte>> AnswerAsync(NodeId from, ReadOnlyMemory<byte> question, CancellationToken cancellation) =>
        (await AnswerPeerAsync(question, cancellation).ConfigureAwait(false)).ToBytes();

    private async Task<OperatorReply> AnswerPeerAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        OperatorQuestion question;
        try
        {
            question = PeerQuestion.Read(bytes.Span);
        }
        catch (JsonException)
        {
            return OperatorReply.BadRequest("The question of another node cannot be read.");
        }

        return routes.Find(question.Method, question.Path) is ({ Here: { } here } route, var arguments)
            ? await RunAsync(route, here, question with { Arguments = arguments }, cancellation).ConfigureAwait(false)
            : OperatorReply.NotFound("This node does not know what it is asked; it may run another version.");
    }

    private async Task<OperatorReply> RunAsync(
        OperatorRoute route, Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> handler, OperatorQuestion question, CancellationToken gone)
    {
        using var deadline = new CancellationTokenSource(Longest, time);

        // Whoever leaves in the middle of an action has asked for it all the same.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, route.IsAction ? CancellationToken.None : gone);
        try
        {
            return await handler(question, either.Token).ConfigureAwait(false);
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
