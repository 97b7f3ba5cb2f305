using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence;

namespace Realtime.Tests.Persistence;

/// <summary>Names and shards of entities are frozen: another name is an empty log, another shard a second owner.</summary>
public sealed class EntityIdsTests
{
    [Theory]
    [InlineData("orders", "orders", 185)]
    [InlineData("orders:42", "orders~3a42", 20)]
    [InlineData("@ann", "~40ann", 235)]
    [InlineData("$private:a.b_c-d", "~24private~3aa.b_c-d", 142)]
    [InlineData(".", "~2e", 198)]
    [InlineData("..", "~2e.", 52)]
    [InlineData("a/b c~%", "a~2fb~20c~7e~25", 118)]
    [InlineData("zürich", "z~c3~bcrich", 58)]
    public void Names_and_shards_of_channels(string channel, string id, int shard)
    {
        EntityIds.Of(ChannelName.Parse(channel)).ShouldBe(id);
        EntityIds.LogOf(ChannelName.Parse(channel)).ShouldBe("c-" + id);
        EntityShards.Of(id).ShouldBe(shard.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Names_of_sessions_and_of_the_keys()
    {
        var session = new SessionId((UInt128)0xABCD);

        EntityIds.Of(session).ShouldBe("AAAAAAAAAAAAAAAAAACrzQ");
        EntityIds.LogOf(session).ShouldBe("s-AAAAAAAAAAAAAAAAAACrzQ");
        EntityIds.KeysLog.ShouldBe("keys");
        EntityShards.Number(EntityIds.Of(session)).ShouldBe(163);
    }

    [Fact]
    public void Every_name_comes_back_and_no_URL_escapes_it() => Prop.ForAll(
            ArbMap.Default.ArbFor<NonEmptyString>().Generator.Select(text => text.Get.Normalize())
                .Where(text => ChannelName.TryParse(text, out _, out _)).ToArbitrary(),
            text =>
            {
                var name = ChannelName.Parse(text);
                var id = EntityIds.Of(name);
                EntityIds.TryParse(id, out var read).ShouldBeTrue();
                read.ShouldBe(name);
                Uri.EscapeDataString(id).ShouldBe(id);
                id.ShouldNotStartWith(".");
            })
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("~3A")]
    [InlineData("a~3")]
    [InlineData("a~")]
    [InlineData("a:b")]
    [InlineData("~61")]
    [InlineData("zürich")]
    [InlineData("~ff")]
    public void A_text_that_is_no_name_of_a_channel_is_refused(string id) => EntityIds.TryParse(id, out _).ShouldBeFalse();

    [Fact]
    public void Shards_are_used_evenly()
    {
        var counts = new int[EntityShards.Count];
        for (var i = 0; i < 256_000; i++)
        {
            counts[EntityShards.Number($"room~3a{i}")]++;
        }

        counts.Min().ShouldBeGreaterThan(800);
        counts.Max().ShouldBeLessThan(1_200);
    }
}
