using System.Threading.Channels;

namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// Answers many waiting questions with one query: while a query is under way the next questions gather. A question that makes the query
/// fail by itself fails alone.
/// </summary>
internal sealed class GroupedReads<TQuestion, TAnswer>
{
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();
    private readonly Func<IReadOnlyList<TQuestion>, CancellationToken, Task<IReadOnlyList<TAnswer>>> _ask;
    private readonly Func<Exception, bool> _mayBeOfOne;
    private readonly int _most;

    /// <param name="ask">One answer for each question, in their order.</param>
    /// <param name="mayBeOfOne">Whether a failure may be one question's fault.</param>
    /// <param name="most">Questions of one query at most.</param>
    /// <param name="readers">Queries that run side by side.</param>
    public GroupedReads(
        Func<IReadOnlyList<TQuestion>, CancellationToken, Task<IReadOnlyList<TAnswer>>> ask, Func<Exception, bool> mayBeOfOne, int most, int readers)
    {
        (_ask, _mayBeOfOne, _most) = (ask, mayBeOfOne, most);
        for (var i = 0; i < readers; i++)
        {
            _ = Task.Run(ReadAllAsync);
        }
    }

    /// <remarks>A question that is given up while its query runs is answered to no one.</remarks>
    public Task<TAnswer> AskAsync(TQuestion question, CancellationToken cancellation = default)
    {
        var waiting = new Waiting(question, cancellation);
        return _waiting.Writer.TryWrite(waiting)
            ? waiting.Answer.Task.WaitAsync(cancellation)
            : Task.FromException<TAnswer>(new ObjectDisposedException(nameof(GroupedReads<,>), "the journal has stopped"));
    }

    /// <summary>What waits is still answered.</summary>
    public void Stop() => _waiting.Writer.TryComplete();

    private async Task ReadAllAsync()
    {
        var group = new List<Waiting>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < _most && _waiting.Reader.TryRead(out var waiting))
            {
                if (!waiting.Cancellation.IsCancellationRequested)
                {
                    group.Add(waiting);
                }
            }

            if (group.Count > 0)
            {
                await AnswerAsync(group);
            }
        }
    }

    private async Task AnswerAsync(List<Waiting> group)
    {
        try
        {
            var answers = await _ask([.. group.Select(waiting => waiting.Question)], CancellationToken.None);
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Answer.TrySetResult(answers[i]);
            }
        }
        catch (Exception e) when (group.Count > 1 && _mayBeOfOne(e))
        {
            // Halves, until the one that cannot be read stands alone.
            var half = group.Count / 2;
            await AnswerAsync(group[..half]);
            await AnswerAsync(group[half..]);
        }
        catch (Exception e)
        {
            foreach (var waiting in group)
            {
                waiting.Fail(e);
            }
        }
    }

    private sealed class Waiting(TQuestion question, CancellationToken cancellation)
    {
        public TQuestion Question { get; } = question;

        public CancellationToken Cancellation { get; } = cancellation;

        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Looks at the exception itself: the asker may have gone.</summary>
        public void Fail(Exception exception)
        {
            Answer.TrySetException(exception);
            _ = Answer.Task.Exception;
        }
    }
}
