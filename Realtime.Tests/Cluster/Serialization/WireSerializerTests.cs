using System.Runtime.Serialization;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster.Serialization;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>Every message that can be sent to another node arrives there as it was sent.</summary>
[Collection(ActorSystems.Name)]
public sealed class WireSerializerTests(WireSystem wire) : IClassFixture<WireSystem>
{
    public static TheoryData<Type> Messages => [.. WireMessages.All];

    private WireSerializer Serializer => wire.Serializer;

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_arrives_as_it_was_sent(Type type) => Prop.ForAll(WireMessages.Of(type).ToArbitrary(), message =>
        {
            var serializer = wire.Serialization.FindSerializerFor(message).ShouldBeOfType<WireSerializer>();
            var read = wire.Serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, serializer.Manifest(message));
            WireText.Of(read).ShouldBe(WireText.Of(message));
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithQuietOnSuccess(true));

    [Fact]
    public void Every_message_of_every_room_has_a_manifest_and_its_family_is_bound()
    {
        var cases = WireFamilies.All.SelectMany(family => family.Cases).ToList();

        cases.Select(message => message.Message).ShouldBe(WireMessages.All, ignoreOrder: true);
        WireFamilies.All.Select(family => family.Messages).ShouldBe(WireMessages.All.Select(type => WireMessages.FamilyOf(type)!).Distinct(), ignoreOrder: true);
        cases.Select(message => message.Manifest).ShouldBeUnique();
        cases.ShouldAllBe(message => message.Manifest.Length == 2);
    }

    [Fact]
    public void A_batch_is_written_once_however_many_nodes_it_goes_to()
    {
        var batch = new ChannelNews.Batch(ChannelName.Parse("room:1"), new Epoch(9), [new LogMessage(41, new Payload("1"u8.ToArray()), 5)]);

        Serializer.ToBinary(batch).ShouldBeSameAs(Serializer.ToBinary(batch));
    }

    [Fact]
    public void An_unknown_manifest_is_refused_in_one_short_line()
    {
        var refused = Should.Throw<SerializationException>(() => Serializer.FromBinary([], "x\n" + new string('y', 100_000)));

        refused.Message.ShouldBe("There is no message with the manifest 'x?" + new string('y', 30) + "'.");
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Bytes_that_are_torn_or_changed_are_another_message_or_refused_and_nothing_else(Type type) =>
        Prop.ForAll((from message in WireMessages.Of(type) from seed in Gen.Choose(0, int.MaxValue) select (message, seed)).ToArbitrary(), sample =>
            {
                var bytes = (byte[])Serializer.ToBinary(sample.message).Clone();
                if (bytes.Length > 0)
                {
                    bytes[sample.seed % bytes.Length] ^= (byte)(1 << (sample.seed % 8));
                }

                ReadsOrRefuses(bytes, Serializer.Manifest(sample.message));
                ReadsOrRefuses(bytes[..(bytes.Length / 2)], Serializer.Manifest(sample.message));
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithQuietOnSuccess(true));

    private void ReadsOrRefuses(byte[] bytes, string manifest)
    {
        try
        {
            Serializer.FromBinary(bytes, manifest).ShouldNotBeNull();
        }
        catch (SerializationException e)
        {
            e.Message.ShouldContain($"'{manifest}'");
        }
    }
}
