using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Realtime.Node.Cluster;
using Realtime.Tests.Cluster.Remoting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster;

/// <summary>What is left between nodes when one of them has gone.</summary>
[Collection(ActorSystems.Name)]
public sealed class RemovedNodesTests : IAsyncLifetime
{
    private readonly RemotingNode _stays = RemotingNode.Start();
    private readonly RemotingNode _leaves = RemotingNode.Start();
    private readonly ConcurrentQueue<object> _ended = [];

    public async ValueTask InitializeAsync()
    {
        _stays.System.ActorOf(RemovedNodes.Props);
        _stays.System.EventStream.Subscribe(_stays.System.ActorOf(Props.Create(() => new Listener(_ended))), typeof(QuarantinedEvent));
        await Cluster(_stays).JoinAsync(_stays.Address).Within("the founder");
        await Cluster(_leaves).JoinAsync(_stays.Address).Within("the other one");
    }

    public async ValueTask DisposeAsync()
    {
        await _stays.DisposeAsync();
        await _leaves.DisposeAsync();
    }

    [Fact]
    public async Task The_association_with_a_node_that_has_left_is_ended_without_a_warning()
    {
        await Soon.IsTrueAsync(() => Cluster(_stays).State.Members.Count(member => member.Status is MemberStatus.Up) == 2, "both to be up");
        var left = Cluster(_leaves).SelfUniqueAddress;

        await CoordinatedShutdown.Get(_leaves.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).Within("the leaving");

        await Soon.IsTrueAsync(() => !_ended.IsEmpty, "the end of the association");
        _ended.ShouldHaveSingleItem().ShouldBeOfType<QuarantinedEvent>().ShouldSatisfyAllConditions(
            ended => ended.Address.ShouldBe(left.Address), ended => ended.Uid.ShouldBe(left.Uid));
        await Soon.IsTrueAsync(() => _stays.Log.Lines.Any(line => line.Text.Contains("quarantined", StringComparison.OrdinalIgnoreCase)), "its line");
        _stays.Warnings.Where(text => text.Contains($"{left.Address}", StringComparison.Ordinal)).ShouldBeEmpty("that it has left is no trouble");
    }

    private static Akka.Cluster.Cluster Cluster(RemotingNode node) => Akka.Cluster.Cluster.Get(node.System);

    private sealed class Listener(ConcurrentQueue<object> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.Enqueue(message);
    }
}
