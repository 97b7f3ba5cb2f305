using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Operations.Inquiries;
using Realtime.Node.Operations.Listener;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations.Questions;

/// <summary>The members of the cluster by name, and questions that go on to them: to the one that a question is about, or to all.</summary>
internal sealed class Peers(NodeId self, bool isLighthouse, Func<OperatedCluster> cluster, InquiryCalls calls)
{
    /// <summary>How long a member is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>An action waits for a commit, or for most of the nodes.</summary>
    public static readonly TimeSpan ActionPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long one is waited for whose heartbeats another member misses.</summary>
    private static readonly TimeSpan PatienceWithSilent = TimeSpan.FromSeconds(0.7);

    /// <summary>Names of all nodes, this one among them.</summary>
    public IReadOnlyList<string> Names =>
        [.. cluster().Nodes.Select(member => member.Node!.Value.Name).Concat(isLighthouse ? [] : [self.Name]).Distinct().Order(StringComparer.Ordinal)];

    /// <exception cref="QuestionRefusedException">There is no node of that name.</exception>
    public NodeId Node(string name, string field = "node") => (!isLighthouse && name == self.Name) || cluster().Find(name) is not null
        ? new NodeId(name)
        : throw new QuestionRefusedException(Subjects.NoNode(Names, name, field));

    /// <summary>For routes of one member, a node or a lighthouse: it answers itself.</summary>
    /// <param name="here">How this one answers.</param>
    public Handler OfMember(Handler here, bool isAction = false) => (question, cancellation) =>
    {
        var name = question.Arguments[0];
        return name == self.Name ? here(question, cancellation)
            : cluster().FindMember(name) is { } member ? PassOnAsync(member, question, isAction, cancellation)
            : throw new QuestionRefusedException(Subjects.NoNode(Names, name));
    };

    /// <summary>For actions that are about where shards go.</summary>
    /// <param name="here">How this one answers when it decides that itself.</param>
    public Handler OfCoordinator(Handler here) => (question, cancellation) =>
        cluster().Coordinator is { } coordinator && coordinator.Node != self ? PassOnAsync(coordinator, question, isAction: true, cancellation) : here(question, cancellation);

    /// <summary>For what every node knows and a lighthouse does not.</summary>
    public Handler AnyNode(bool isAction = false) => (question, cancellation) =>
        cluster().Nodes.OrderByDescending(member => member is { IsReachable: true, Standing: MemberStanding.Up }).FirstOrDefault() is { } member
            ? PassOnAsync(member, question, isAction, cancellation)
            : Task.FromResult(OperatorReply.Unavailable("There is no node that could answer."));

    /// <summary>Lets the node answer that a question is about.</summary>
    public Task<OperatorReply> PassOnAsync(NodeId to, OperatorQuestion question, bool isAction, CancellationToken cancellation) =>
        cluster().FindMember(to.Name) is { } member
            ? PassOnAsync(member, question, isAction, cancellation)
            : Task.FromResult(OperatorReply.Unavailable($"{to} is no member of the cluster any more; nothing was done."));

    /// <summary>Asks all nodes, this one among them if it is one.</summary>
    /// <param name="here">How this one answers.</param>
    /// <param name="lighthouses">Whether they are asked, too.</param>
    public async Task<Gathered<T>> GatherAsync<T>(
        OperatorQuestion question, Handler here, JsonTypeInfo<T> type, CancellationToken cancellation, bool lighthouses = false)
        where T : class
    {
        var others = (lighthouses ? cluster().Heard : cluster().Nodes).Where(member => member.Node != self).ToList();
        var asking = others.Select(member => (Node: member.Node!.Value, Reply: PassOnAsync(member, question, isAction: false, cancellation))).ToList();
        if (lighthouses || !isLighthouse)
        {
            asking.Add((self, here(question, cancellation)));
        }

        await Task.WhenAll(asking.Select(asked => asked.Reply)).ConfigureAwait(false);
        var answers = new List<(NodeId, T)>();
        var unreachable = new List<string>();
        foreach (var (node, replying) in asking)
        {
            var reply = await replying.ConfigureAwait(false);
            if (reply.IsSuccess && TryRead(reply, type) is { } answer)
            {
                answers.Add((node, answer));
            }
            else
            {
                unreachable.Add(node.Name);
            }
        }

        return new Gathered<T>(answers, [.. unreachable.Order(StringComparer.Ordinal)]);
    }

    private async Task<OperatorReply> PassOnAsync(MemberSnapshot to, OperatorQuestion question, bool isAction, CancellationToken cancellation)
    {
        if (to.Standing is MemberStanding.Down || (isAction && !to.IsReachable))
        {
            return OperatorReply.Unavailable($"{to.Node} cannot be reached; nothing was done.");
        }

        try
        {
            var patience = isAction ? ActionPatience : to.IsReachable ? Patience : PatienceWithSilent;
            return await calls.AskAsync(to.Key, question, patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return isAction
                ? OperatorReply.Timeout($"{to.Node} did not answer in time; it may have been done.")
                : OperatorReply.Unavailable($"{to.Node} did not answer in time.");
        }
        catch (FormatException fault)
        {
            return OperatorReply.Unavailable($"{to.Node} gave no answer: {fault.Message}.");
        }
    }

    /// <summary>A node of another version may answer something else; that is no reason to lose what the others said.</summary>
    private static T? TryRead<T>(OperatorReply reply, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return reply.Read(type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
