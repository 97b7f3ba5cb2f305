using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Messages.Ids;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Operations.Questions;

/// <summary>Passes questions on to other nodes: to the one it is about, or to all, each for as long as the API promises.</summary>
internal sealed class Peers(Func<OperatedNode> node, TimeProvider time)
{
    /// <summary>How long one node is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>An action waits for the store, or for a shard's hand-off.</summary>
    public static readonly TimeSpan ActionPatience = TimeSpan.FromSeconds(15);

    /// <summary>The node of that name.</summary>
    /// <exception cref="QuestionRefusedException">There is none.</exception>
    public NodeRow Find(string name, string field = "node")
    {
        var view = node().Cluster.View;
        return view.Find(new NodeId(name)) ?? throw new QuestionRefusedException(Subjects.NoNode(view, name, field));
    }

    public bool IsSelf(NodeRow row) => row.Profile.Name == node().Cluster.Self;

    /// <summary>Lets the node that a question is about answer it.</summary>
    public async Task<OperatorReply> PassOnAsync(NodeId to, OperatorQuestion question, bool isAction, CancellationToken cancellation)
    {
        if (isAction && !IsUp(to))
        {
            return OperatorReply.Unavailable($"{to} cannot be reached; nothing was done.");
        }

        try
        {
            return await AskAsync(to, question, isAction ? ActionPatience : Patience, cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is NodeUnreachableException or TimeoutException)
        {
            return isAction
                ? OperatorReply.Timeout($"{to} did not answer; it may have been done.")
                : OperatorReply.Unavailable($"{to} does not answer.");
        }
        catch (Exception fault) when (fault is InquiryRefusedException or FormatException or JsonException)
        {
            return OperatorReply.Unavailable($"{to} gave no answer: {fault.Message}");
        }
    }

    /// <summary>Asks all nodes, this one among them.</summary>
    /// <param name="here">How this node answers.</param>
    public async Task<Gathered<T>> GatherAsync<T>(
        OperatorQuestion question, Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> here, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var self = node().Cluster.Self;
        var names = node().Cluster.View.Nodes.Select(row => row.Profile.Name).ToList();
        var replies = await Task.WhenAll(names.Select(name => name == self
            ? here(question, cancellation)
            : PassOnAsync(name, question, isAction: false, cancellation))).ConfigureAwait(false);
        var answers = new List<(NodeId, T)>();
        var unreachable = new List<string>();
        foreach (var (name, reply) in names.Zip(replies))
        {
            if (reply.IsSuccess && TryRead(reply, type, out var answer))
            {
                answers.Add((name, answer));
            }
            else
            {
                unreachable.Add(name.Name);
            }
        }

        return new Gathered<T>(answers, [.. unreachable.Order(StringComparer.Ordinal)]);
    }

    private async Task<OperatorReply> AskAsync(NodeId to, OperatorQuestion question, TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var answer = await node().Cluster.InquireAsync(to, PeerQuestion.Write(question), either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            return OperatorReply.FromBytes(answer);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"{to} did not answer in {patience.TotalSeconds} s.");
        }
    }

    private bool IsUp(NodeId peer) => node().Steering.Links.Any(link => link.Peer == peer && link.Up);

    /// <summary>A node of another version may answer something else; that is no reason to keep what the others said.</summary>
    private static bool TryRead<T>(OperatorReply reply, JsonTypeInfo<T> type, out T answer)
        where T : class
    {
        try
        {
            answer = reply.Read(type)!;
            return answer is not null;
        }
        catch (JsonException)
        {
            answer = null!;
            return false;
        }
    }
}
