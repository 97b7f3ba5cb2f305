using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Links;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Questions of operators from node to node: those of this node that wait for an answer, and those of others that are being answered. Both are
/// bounded by peer, because an answer may be a thousand times the work and the bytes of a client's request.
/// </summary>
internal sealed partial class Inquiries(ClusterEngine engine, Peers peers, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>With one peer, each way.</summary>
    private const int MostUnderWay = 32;

    private const int Attempts = 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<long, (Incarnation To, NodeId Name, TaskCompletionSource<ReadOnlyMemory<byte>> Answer)> _open = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Incarnation, Answering> _answering = [];
    private long _lastTag;

    public IInquiryReceiver? Receiver { get; set; }

    public async Task<ReadOnlyMemory<byte>> AskAsync(NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation)
    {
        if (question.Length > LinkFrame.Inquiry.MostBytes)
        {
            throw new InquiryRefusedException($"A question of {question.Length} bytes is too long: {LinkFrame.Inquiry.MostBytes} are allowed.");
        }

        if (node == engine.Self)
        {
            return Bounded(node, await (Receiver ?? throw Deaf(node)).AnswerAsync(node, question, cancellation).ConfigureAwait(false));
        }

        if (engine.View.Find(node) is not { } row)
        {
            throw new NodeUnreachableException(node, "it is not a member of the cluster");
        }

        return await AskAsync(row.Incarnation, node, question, cancellation).ConfigureAwait(false);
    }

    public void Take(Incarnation from, LinkFrame.Inquiry inquiry)
    {
        if (peers.NameOf(from) is not { } name)
        {
            engine.Send(from, new LinkFrame.Unanswered(inquiry.Tag, "the asker is not in its view"));
            return;
        }

        if (Begin(from) is not { } answering)
        {
            engine.Send(from, new LinkFrame.Unanswered(inquiry.Tag, $"it answers {MostUnderWay} inquiries of the same node already"));
            return;
        }

        _ = Task.Run(() => AnswerAsync(from, name, inquiry, answering), CancellationToken.None);
    }

    public void Answered(Incarnation from, LinkFrame.Answer answer)
    {
        if (_open.TryGetValue(answer.Tag, out var open) && open.To == from)
        {
            open.Answer.TrySetResult(answer.Content);
        }
    }

    public void Refused(Incarnation from, LinkFrame.Unanswered unanswered)
    {
        if (_open.TryGetValue(unanswered.Tag, out var open) && open.To == from)
        {
            open.Answer.TrySetException(new InquiryRefusedException($"Node {open.Name} has no answer: {unanswered.Why}."));
        }
    }

    /// <summary>The link was lost: no answer will come, and none is wanted there.</summary>
    public void Reset(Incarnation peer)
    {
        foreach (var (_, open) in _open)
        {
            if (open.To == peer)
            {
                open.Answer.TrySetException(new NodeUnreachableException(open.Name, "the link was lost before it answered"));
            }
        }

        Answering? answering;
        lock (_gate)
        {
            _answering.Remove(peer, out answering);
        }

        answering?.End();
    }

    public void Dispose()
    {
        Answering[] all;
        lock (_gate)
        {
            all = [.. _answering.Values];
            _answering.Clear();
        }

        foreach (var answering in all)
        {
            answering.End();
        }
    }

    /// <returns>Null: too many are under way.</returns>
    private Answering? Begin(Incarnation from)
    {
        lock (_gate)
        {
            if (!_answering.TryGetValue(from, out var answering))
            {
                _answering.Add(from, answering = new Answering());
            }

            if (answering.UnderWay == MostUnderWay)
            {
                return null;
            }

            answering.UnderWay++;
            return answering;
        }
    }

    private static ReadOnlyMemory<byte> Bounded(NodeId node, ReadOnlyMemory<byte> answer) => answer.Length <= LinkFrame.Inquiry.MostBytes
        ? answer
        : throw new InquiryRefusedException($"Node {node} has no answer: {TooLong(answer.Length)}.");

    private static string TooLong(int bytes) => $"it would have {bytes} bytes and {LinkFrame.Inquiry.MostBytes} are allowed; ask for less";

    private static InquiryRefusedException Deaf(NodeId node) => new($"Node {node} has no answer: it answers no inquiries.");

    private async Task<ReadOnlyMemory<byte>> AskAsync(Incarnation to, NodeId node, ReadOnlyMemory<byte> question, CancellationToken cancellation)
    {
        if (!engine.IsUp(to))
        {
            throw new NodeUnreachableException(node, "there is no link to it");
        }

        if (!peers.Answers(to))
        {
            throw new NodeUnreachableException(node, "it has not said yet that it answers inquiries, or runs a version that does not");
        }

        if (_open.Count(open => open.Value.To == to) >= MostUnderWay)
        {
            throw new InquiryRefusedException($"{MostUnderWay} inquiries to node {node} are under way already.");
        }

        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tag = Interlocked.Increment(ref _lastTag);
        _open[tag] = (to, node, answer);
        try
        {
            // Known before it is sent: a reset in between finds it.
            return engine.Send(to, new LinkFrame.Inquiry(tag, question))
                ? await answer.Task.WaitAsync(cancellation).ConfigureAwait(false)
                : throw new NodeUnreachableException(node, engine.IsUp(to) ? "too much waits for it" : "there is no link to it");
        }
        finally
        {
            _open.TryRemove(tag, out _);
        }
    }

    private async Task AnswerAsync(Incarnation from, NodeId name, LinkFrame.Inquiry inquiry, Answering answering)
    {
        var gone = answering.Gone.Token;
        try
        {
            await SendAsync(from, await FrameAsync(name, inquiry, gone).ConfigureAwait(false), gone).ConfigureAwait(false);
        }
        catch (Exception) when (gone.IsCancellationRequested)
        {
            // Whatever became of it: the asker was told that the link is lost.
        }
        finally
        {
            lock (_gate)
            {
                answering.UnderWay--;
            }
        }
    }

    private async Task<LinkFrame> FrameAsync(NodeId from, LinkFrame.Inquiry inquiry, CancellationToken gone)
    {
        if (Receiver is not { } receiver)
        {
            return new LinkFrame.Unanswered(inquiry.Tag, "it answers no inquiries");
        }

        try
        {
            var answer = await receiver.AnswerAsync(from, inquiry.Question, gone).ConfigureAwait(false);
            return answer.Length > LinkFrame.Inquiry.MostBytes
                ? new LinkFrame.Unanswered(inquiry.Tag, TooLong(answer.Length))
                : new LinkFrame.Answer(inquiry.Tag, answer);
        }
        catch (Exception failure) when (!gone.IsCancellationRequested)
        {
            Failed(logger, failure, from);
            return new LinkFrame.Unanswered(inquiry.Tag, "it failed to answer; its log says why");
        }
    }

    /// <summary>A full queue empties in a moment; whoever asked waits no longer than it wants to.</summary>
    private async Task SendAsync(Incarnation to, LinkFrame frame, CancellationToken gone)
    {
        for (var i = 0; i < Attempts && !engine.Send(to, frame); i++)
        {
            await Task.Delay(RetryAfter, time, gone).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogEvents.InquiryFailed, LogLevel.Error, "An inquiry of node {Node} failed and is answered with that")]
    private static partial void Failed(ILogger logger, Exception failure, NodeId node);

    /// <summary>What is being answered over one link.</summary>
#pragma warning disable CA1001 // The source has no timer and no handle: nothing is lost when it is not disposed of, and answers may still look at its token.
    private sealed class Answering
#pragma warning restore CA1001
    {
        public CancellationTokenSource Gone { get; } = new();

        public int UnderWay { get; set; }

        public void End() => Gone.Cancel();
    }
}
