using Realtime.Messages.Ids;
using Realtime.Node.Cluster;

namespace Realtime.Tests.Cluster;

/// <summary>Nodes that disagree about a shard both believe that they own an entity, so this never changes.</summary>
public sealed class EntityShardTests
{
    [Fact]
    public void Of_a_message_the_extractor_says_entity_and_shard_and_of_others_nothing()
    {
        var extractor = new EntityExtractor<string>(text => text);

        extractor.EntityId("lobby").ShouldBe("lobby");
        extractor.ShardId("lobby", null).ShouldBe(EntityShards.Of("lobby"));
        extractor.EntityMessage("lobby").ShouldBe("lobby");
        extractor.EntityId(7).ShouldBeNull();
    }
}
