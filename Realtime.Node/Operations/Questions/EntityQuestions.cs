using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>Asks sessions and channels, wherever they live, and waits for no answer longer than it says.</summary>
internal sealed class EntityQuestions(Func<OperatedNode> node, TimeProvider time)
{
    /// <summary>How long a question waits for its answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What changes something may wait for a commit.</summary>
    public static readonly TimeSpan ActionPatience = TimeSpan.FromSeconds(10);

    /// <returns>Null: no answer in time.</returns>
    public async Task<EntityReply?> AskAsync(EntityAddress to, EntityMessage message, TimeSpan patience, CancellationToken cancellation)
    {
        var asker = new Asker();
        node().Cluster.Ask(to, message, asker, 0);
        try
        {
            return await asker.Answer.WaitAsync(patience, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            asker.Leave();
        }
    }

    /// <summary>What to tell an operator whose question an entity did not answer.</summary>
    /// <param name="mayBeDone">It was an action: that no answer came does not mean that nothing was done.</param>
    public static OperatorReply NoAnswer(string who, EntityReply? reply, bool mayBeDone = false) => reply switch
    {
        EntityReply.Refused { Outcome: Outcome.Unknown, Message: var why } => OperatorReply.Timeout($"{who}: {why}"),
        EntityReply.Refused { Code: ErrorCode.NotFound, Message: var why } => OperatorReply.NotFound($"{who}: {why}"),
        EntityReply.Refused { Code: ErrorCode.BadRequest or ErrorCode.TooLarge, Message: var why } => OperatorReply.BadRequest($"{who}: {why}"),
        EntityReply.Refused { Message: var why } => OperatorReply.Unavailable($"{who}: {why}"),
        null when mayBeDone => OperatorReply.Timeout($"{who} did not answer in time; it may have been done."),
        null => OperatorReply.Unavailable($"{who} did not answer in time."),
        _ => OperatorReply.Internal($"{who} gave an answer that does not belong to the question."),
    };

    private sealed class Asker : IReplyReceiver
    {
        private readonly TaskCompletionSource<EntityReply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _gone;

        public Task<EntityReply> Answer => _answer.Task;

        public bool IsGone => _gone;

        public void OnReply(long tag, EntityReply reply) => _answer.TrySetResult(reply);

        public void Leave() => _gone = true;
    }
}
