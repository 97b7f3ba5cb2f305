using System.Globalization;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

/// <summary>
/// A cluster of membership machines over the model store, with clocks that run at different rates, and faults. What must always hold is
/// checked at the moment of every eviction.
/// </summary>
internal sealed class ClusterSimulation
{
    private const double Step = 0.1;

    private static readonly MembershipTimers Timers = new(TimeSpan.FromSeconds(3));
    private readonly SimulatedNode[] _nodes;
    private readonly SimulatedFault[] _faults;
    private readonly Random _order;
    private readonly Dictionary<Incarnation, int> _lives = [];

    /// <param name="rates">One per node.</param>
    /// <param name="seed">Of phases, delays and the order of things at one instant.</param>
    public ClusterSimulation(double[] rates, SimulatedFault[] faults, int seed)
    {
        _order = new Random(seed);
        _faults = faults;
        Store = new ModelClusterStore(48) { Evicted = Evicted };
        _nodes = [.. rates.Select((rate, i) => new SimulatedNode(i, rate, _order.NextDouble() * 1000, Timers, Store, _order))];
        foreach (var node in _nodes)
        {
            node.Start(Now);
        }
    }

    public ModelClusterStore Store { get; }

    public double Now { get; private set; }

    /// <summary>When which node was evicted.</summary>
    public List<(int Node, double At)> Evictions { get; } = [];

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public void RunUntil(double end)
    {
        for (; Now < end; Now += Step)
        {
            for (var i = 0; i < _nodes.Length; i++)
            {
                var node = _nodes[i];
                var dead = Holds(SimulatedFault.Kind.Kill, i) || Holds(SimulatedFault.Kind.Restart, i);
                if (dead != node.IsDown)
                {
                    if (dead)
                    {
                        node.Kill();
                    }
                    else
                    {
                        node.Start(Now);
                    }
                }
            }

            foreach (var i in Enumerable.Range(0, _nodes.Length).Where(Runs).OrderBy(_ => _order.Next()).ToList())
            {
                _nodes[i].Step(Now, Reaches(i), Enumerable.Range(0, _nodes.Length).Where(j => j != i && Runs(j)).Select(j => _nodes[j]));
                if (_nodes[i].Member is { } member)
                {
                    _lives[member.Self] = i;
                }
            }
        }
    }

    /// <summary>After everything has healed: who runs is in, who does not is out, every shard is where it belongs, and all know.</summary>
    public void CheckSettled()
    {
        var running = _nodes.Where((_, i) => Runs(i)).ToList();
        running.ShouldAllBe(node => node.Member != null);
        Store.Nodes.Select(node => node.Incarnation).ShouldBe(running.Select(node => node.Member!.Self), ignoreOrder: true);
        foreach (var node in running)
        {
            var (member, local) = (node.Member!, node.Local(Now));
            member.StandingAt(local).ShouldBe(Standing.Sure);
            var placement = Placement.Of(member.View);
            for (var i = 0; i < member.View.ShardCount; i++)
            {
                Store[i].Owner.ShouldBe(placement.TargetOf(new ShardId(i)), $"shard {i} is not where it belongs");
                member.View[new ShardId(i)].ShouldBe(Store[i]);
            }
        }
    }

    private void Evicted(Incarnation by, Incarnation victim)
    {
        var node = _lives[victim];
        var when = string.Create(CultureInfo.InvariantCulture, $"node {node} was evicted at {Now:0.00} s by node {_lives[by]}");
        Evictions.Add((node, Now));
        _faults.Any(fault => fault.What != SimulatedFault.Kind.Outage && fault.Node == node && fault.Start <= Now).ShouldBeTrue($"healthy {when}");
        if (_nodes[node].Member is { } member && member.Self == victim)
        {
            (_nodes[node].Local(Now) >= member.SureUntil).ShouldBeTrue($"{when} and was still sure of what it owned");
            if (Runs(node))
            {
                member.StandingAt(_nodes[node].Local(Now)).ShouldNotBe(Standing.Frozen, $"{when} and believed that nobody could");
            }
        }
    }

    private bool Holds(SimulatedFault.Kind what, int node) => _faults.Any(fault => fault.Holds(what, node, Now));

    private bool Runs(int node) => !_nodes[node].IsDown && !Holds(SimulatedFault.Kind.Pause, node);

    private bool Reaches(int node) => !Holds(SimulatedFault.Kind.Outage, node) && !Holds(SimulatedFault.Kind.Cut, node);
}
