using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Serialization;
using Realtime.Tests.Cluster.Serialization;

namespace Realtime.Tests.Cluster.Allocation;

[Collection(ActorSystems.Name)]
public sealed class NodeRowTests(WireSystem wire) : IClassFixture<WireSystem>
{
    [Fact]
    public void A_row_is_small_however_many_shards_there_are_in_it()
    {
        var all = ShardSet.Of(Enumerable.Range(0, EntityShards.Count).Select(shard => new ShardId(shard)));
        var name = new string('n', 253);
        var row = new ClusterNews.NodeRow(
            new NodeId(name),
            new Incarnation(long.MaxValue),
            new MemberKey($"akka.tcp://realtime@{name}:65535", int.MinValue),
            long.MaxValue,
            "1.2.3-rc.4+" + new string('c', 40),
            $"wss://{name}:65535",
            $"https://{name}:65535",
            int.MaxValue,
            int.MaxValue,
            int.MaxValue,
            int.MaxValue,
            true,
            all,
            all);

        wire.Serializer.ToBinary(row).Length.ShouldBeLessThanOrEqualTo(2048);
    }
}
