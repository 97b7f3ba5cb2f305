using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Cluster.Allocation;

public sealed class ShardSetTests
{
    [Fact]
    public void It_has_what_was_put_into_it_and_nothing_else_also_as_bytes() =>
        Prop.ForAll(Gen.Choose(0, EntityShards.Count - 1).ArrayOf().ToArbitrary(), numbers =>
        {
            var set = ShardSet.Of(numbers.Select(number => new ShardId(number)));

            set.Shards.Select(shard => shard.Value).ShouldBe(numbers.Distinct().Order());
            set.Count.ShouldBe(numbers.Distinct().Count());
            set.IsEmpty.ShouldBe(numbers.Length == 0);
            ShardSet.Of(set.ToBytes()).ShouldBe(set);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300).WithQuietOnSuccess(true));

    [Fact]
    public void There_are_no_other_shards()
    {
        ShardSet.Of([new ShardId(0), new ShardId(127), new ShardId(128), new ShardId(255)]).Contains(new ShardId(256)).ShouldBeFalse();
        default(ShardSet).Contains(new ShardId(-1)).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => default(ShardSet).With(new ShardId(256)));
        Should.Throw<ArgumentException>(() => ShardSet.Of(new byte[31]));
    }

    /// <summary>They are in rows that nodes of two versions read.</summary>
    [Fact]
    public void Its_bytes_are_frozen() =>
        Convert.ToHexString(ShardSet.Of([new ShardId(0), new ShardId(9), new ShardId(128), new ShardId(255)]).ToBytes())
            .ShouldBe("0102" + new string('0', 28) + "01" + new string('0', 28) + "80");
}
