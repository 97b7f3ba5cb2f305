using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Members;
using static Realtime.Tests.Cluster.Members.MadeRows;

namespace Realtime.Tests.Cluster.Members;

/// <summary>
/// A cluster in which everything takes the time that it takes, and nothing else happens: rows, leases, heartbeats and verdicts, in steps of a quarter of a second. Each node decides by a
/// <see cref="DowningDecision"/> of its own.
/// </summary>
internal sealed class DowningWorld
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan HeartbeatPause = TimeSpan.FromSeconds(5);
    private readonly Dictionary<(long One, long Other), TimeSpan> _heard = [];
    private long _generation = 1;

    public DowningWorld(int nodes, int lighthouses, Random random)
    {
        Nodes = [.. Enumerable.Range(1, nodes + lighthouses).Select(number => new SimulatedNode(number, number > nodes ? "lighthouse" : "node")
        {
            Next = TimeSpan.FromSeconds(2 * random.NextDouble()),
        })];
    }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public TimeSpan Now { get; private set; }

    public bool StoreIsAway { get; set; }

    public HashSet<(long One, long Other)> Cut { get; } = [];

    /// <summary>A node was taken out of the cluster, or given up, that should not have been.</summary>
    public List<string> Faults { get; } = [];

    public void Run(double seconds)
    {
        for (var end = Now + TimeSpan.FromSeconds(seconds); Now < end;)
        {
            Now += Step;
            foreach (var one in Nodes)
            {
                foreach (var other in Nodes)
                {
                    if (one.Runs && other.Runs && !Cut.Contains(Pair(one, other)))
                    {
                        _heard[(one.Number, other.Number)] = Now;
                    }
                }
            }

            foreach (var node in Nodes.Where(node => node.Runs && Now >= node.Next))
            {
                Turn(node);
            }
        }
    }

    public static (long One, long Other) Pair(SimulatedNode one, SimulatedNode other) => (Math.Min(one.Number, other.Number), Math.Max(one.Number, other.Number));

    private bool Misses(SimulatedNode one, SimulatedNode other) => Now - _heard.GetValueOrDefault((one.Number, other.Number)) > HeartbeatPause;

    private void Turn(SimulatedNode node)
    {
        node.Next = Now + TimeSpan.FromSeconds(node.IsHurried ? 0.5 : 2);
        if (StoreIsAway || node.IsWithoutStore)
        {
            return;
        }

        if (node.Verdict is not null)
        {
            // It finds out, ends its row and its process.
            node.HasEnded = true;
            return;
        }

        (node.Renewed, node.Beat) = (Now, node.Beat + 1);
        var picture = new MemberPicture(0, _generation, default, [.. Nodes.Where(other => !other.HasEnded).Select(Row)]);
        var members = Nodes.Where(other => other != node && !node.Downed.Contains(other.Number))
            .Select(other => new ClusterMember(Address(other.Number), IsUnreachable(node, other), Misses(node, other))).ToList();
        var plan = node.Decision.Next(picture, Now, members, Now);
        (node.Unreachable, node.IsHurried) = (plan.Missed, plan.IsHurried);
        if (node.Role == "lighthouse")
        {
            return;
        }

        foreach (var address in plan.Downs)
        {
            TakeOut(node, Nodes.Single(other => Address(other.Number) == address));
        }

        if (plan.Verdict is { } verdict && picture.Generation == _generation)
        {
            Judge(node, verdict);
        }
    }

    /// <summary>By gossip: somebody whom the node can reach misses it.</summary>
    private bool IsUnreachable(SimulatedNode node, SimulatedNode other) => Nodes.Any(observer =>
        observer != other && (observer == node || (observer.Runs && !Misses(node, observer) && !node.Downed.Contains(observer.Number))) && Misses(observer, other));

    private void TakeOut(SimulatedNode node, SimulatedNode other)
    {
        node.Downed.Add(other.Number);
        if (other.Runs && other.HoldsLease(Now))
        {
            Faults.Add($"{Now}: node {node.Number} takes {other.Number} out, which may still answer");
        }
    }

    private void Judge(SimulatedNode node, MemberVerdict verdict)
    {
        _generation++;
        foreach (var loser in Nodes.Where(other => verdict.Losers.Contains(new Incarnation(other.Number)) && other.Verdict is null && !other.HasEnded))
        {
            if (!verdict.OnlyStill || Now - loser.Renewed > MemberTimes.Still)
            {
                loser.Verdict = verdict.Reason;
                if (loser.IsSound)
                {
                    Faults.Add($"{Now}: node {node.Number} gives up {loser.Number}, which is sound: {verdict.Reason}");
                }
            }
        }
    }

    private MemberRow Row(SimulatedNode node) => MadeRows.Row(
        node.Number, (Now - node.Renewed).TotalSeconds, node.Beat, verdict: node.Verdict, role: node.Role, misses: [.. node.Unreachable.Select(missed => missed.Value)]);
}
