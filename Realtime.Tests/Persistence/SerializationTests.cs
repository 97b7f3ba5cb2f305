using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>What rows hold, byte for byte. A red test here means that a store written before could not be read any more.</summary>
[Collection(ActorSystems.Name)]
public sealed class SerializationTests : IAsyncLifetime
{
    private static readonly EventOrigin Origin = new(new Incarnation(7), 0x0102030405060708, 0x1112131415161718, 300, 2);
    private static readonly SessionId Session = new((UInt128)0xABCD);
    private readonly ActorSystem _system = ActorSystem.Create("serialization", ConfigurationFactory.ParseString(TestHocon.Quiet + SerializationConfig.Hocon));

    public static TheoryData<string> Kinds => [.. Bodies.Keys];

    private static Dictionary<string, (JournalEvent Body, string Golden)> Bodies { get; } = new()
    {
        ["opened"] = (new JournalEvent.Opened(),
            "080711080706050403020119181716151413121120AC02280231090000000000000038015A0065416C09EF"),
        ["opened with a record"] = (new JournalEvent.Opened(new JournalEvent.Ended(5)),
            "080711080706050403020119181716151413121120AC02280231090000000000000038015A06080412020805651FBBF8C1"),
        ["messages"] = (Messages(),
            "080711080706050403020119181716151413121120AC0228023109000000000000003802402948025A480880D095FFBC311203702D311A"
            + "2E0A077B2261223A317D1A100000000000000000000000000000ABCD2203616E6E2A060A016B1201763001400148181A080A0200FF1001"
            + "380A2011650B61CF08"),
        ["session"] = (new JournalEvent.SessionSaved(Record()),
            "080711080706050403020119181716151413121120AC02280231090000000000000038035A3B0A03616E6E1080D095FFBC311A1D0A0672"
            + "6F6F6D3A31110900000000000000182922060A027B7D1001280122080A016B12030A013128033004380565C952073C"),
        ["ended"] = (new JournalEvent.Ended(1_700_000_000_000),
            "080711080706050403020119181716151413121120AC02280231090000000000000038045A070880D095FFBC31653B79A07A"),
        ["keys"] = (new JournalEvent.KeysAppended(new Dictionary<byte, ReadOnlyMemory<byte>> { [1] = new byte[] { 1, 2, 3 } }),
            "080711080706050403020119181716151413121120AC02280231090000000000000038055A090A070801120301020365E5099917"),
    };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Events_are_written_as_they_always_were_and_come_back_whole(string kind)
    {
        var (body, golden) = Bodies[kind];
        var bytes = EventCodec.Write(new LoggedEvent(Origin, new Epoch(9), body));

        Convert.ToHexString(bytes).ShouldBe(golden);
        EventEnvelope.Parser.ParseFrom(bytes).Writer.ShouldBe(7, "a row is plain protobuf");
        var read = EventCodec.Read(bytes);
        read.Origin.ShouldBe(Origin);
        read.Epoch.ShouldBe(new Epoch(9));
        Same(read.Body, body);
    }

    [Fact]
    public void A_snapshot_is_written_as_it_always_was_and_comes_back_whole()
    {
        var snapshot = Snapshot();
        var bytes = SnapshotCodec.Write(snapshot);

        Convert.ToHexString(bytes).ShouldBe(
            "080711080000000000000019090000000000000020782832300338802040E8D795FFBC314A0E500880A0ABFEF96280018001880E52150A"
            + "03702D3110B6D795FFBC311816220518EE010402520C0A03702D3210E4D095FFBC317D4928E601");
        var read = SnapshotCodec.Read(bytes);
        read.Fault.ShouldBeNull();
        read.Index.ShouldBe(snapshot.Index);
        (read with { Index = [], State = ChannelState.Empty }).ShouldBe(snapshot with { Index = [], State = ChannelState.Empty });
        (read.State.Bytes, read.State.LastAt).ShouldBe((snapshot.State.Bytes, snapshot.State.LastAt));
        read.State.Producers.Select(producer => (producer.Producer, producer.LastAt, producer.Forgotten))
            .ShouldBe(snapshot.State.Producers.Select(producer => (producer.Producer, producer.LastAt, producer.Forgotten)));
        read.State.Producers.SelectMany(producer => producer.Marks).ShouldBe(snapshot.State.Producers.SelectMany(producer => producer.Marks));
    }

    [Fact]
    public void Every_torn_or_changed_row_is_corrupt_and_never_an_exception()
    {
        var bytes = EventCodec.Write(new LoggedEvent(Origin, new Epoch(9), Messages()));
        for (var length = 0; length < bytes.Length; length++)
        {
            EventCodec.Read(bytes[..length]).Body.ShouldBeOfType<JournalEvent.Corrupt>($"torn at {length}");
        }

        for (var i = 0; i < bytes.Length * 8; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            EventCodec.Read(changed).Body.ShouldBeOfType<JournalEvent.Corrupt>($"bit {i}");
        }
    }

    [Fact]
    public void A_row_torn_within_its_body_says_which_offsets_it_held_and_whose_it_was()
    {
        var bytes = EventCodec.Write(new LoggedEvent(Origin, new Epoch(9), Messages()));

        var read = EventCodec.Read(bytes[..^9]);

        read.Body.ShouldBeOfType<JournalEvent.Corrupt>().ShouldSatisfyAllConditions(
            corrupt => corrupt.FirstOffset.ShouldBe(41),
            corrupt => corrupt.Count.ShouldBe(2));
        read.Origin.ShouldBe(Origin);
        read.Epoch.ShouldBe(new Epoch(9));
        EventCodec.Read(bytes[..20]).ShouldSatisfyAllConditions(
            torn => torn.Origin.ShouldBe(EventOrigin.Unreadable),
            torn => torn.Body.ShouldBeOfType<JournalEvent.Corrupt>().Count.ShouldBeNull());
    }

    [Fact]
    public void Every_torn_or_changed_snapshot_says_that_it_cannot_be_read()
    {
        var bytes = SnapshotCodec.Write(Snapshot());
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x10;
            SnapshotCodec.Read(changed).Fault.ShouldNotBeNull($"byte {i}");
            SnapshotCodec.Read(bytes[..i]).Fault.ShouldNotBeNull($"torn at {i}");
        }
    }

    [Fact]
    public void The_serializer_of_what_is_kept_has_its_number_and_short_manifests()
    {
        var logged = new LoggedEvent(Origin, new Epoch(9), new JournalEvent.Ended(1));
        var serializer = _system.Serialization.FindSerializerFor(logged).ShouldBeOfType<RealtimeSerializer>();

        serializer.Identifier.ShouldBe(7501);
        serializer.Manifest(logged).ShouldBe("e1");
        serializer.Manifest(Snapshot()).ShouldBe("s1");
        _system.Serialization.Deserialize(serializer.ToBinary(logged), 7501, "e1").ShouldBe(logged);
        _system.Serialization.FindSerializerFor(Snapshot()).ShouldBeOfType<RealtimeSerializer>();
    }

    [Fact]
    public void What_a_later_version_kept_is_corrupt_to_this_one()
    {
        var serializer = (RealtimeSerializer)_system.Serialization.FindSerializerForType(typeof(LoggedEvent));

        ((LoggedEvent)serializer.FromBinary([1], "e2")).Body.ShouldBeOfType<JournalEvent.Corrupt>().Reason.ShouldContain("e2");
        ((ChannelSnapshot)serializer.FromBinary([1], "s2")).Fault.ShouldNotBeNull();
        Should.Throw<SerializationException>(() => serializer.FromBinary([1], "x"));
    }

    [Fact]
    public void An_event_of_a_kind_that_is_not_known_keeps_its_origin()
    {
        var envelope = new EventEnvelope { Writer = 7, Appends = 1, FirstAppend = 3, Kind = 99, Body = Google.Protobuf.ByteString.CopyFromUtf8("?") };
        byte[] bytes = [.. Google.Protobuf.MessageExtensions.ToByteArray(envelope), (12 << 3) | 5, 0, 0, 0, 0];
        EventCodec.Seal(bytes);

        var read = EventCodec.Read(bytes);

        read.Origin.Writer.ShouldBe(new Incarnation(7));
        read.Body.ShouldBeOfType<JournalEvent.Corrupt>().ShouldSatisfyAllConditions(
            corrupt => corrupt.Reason.ShouldContain("99"), corrupt => corrupt.Count.ShouldBe(0));
    }

    [Fact]
    public void Bytes_for_the_JSON_serializer_are_refused_both_ways()
    {
        var json = "{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\"}"u8.ToArray();

        Should.Throw<SerializationException>(() => _system.Serialization.Deserialize(json, 1, typeof(FileInfo))).Message.ShouldContain("refused");
        Should.Throw<SerializationException>(() => _system.Serialization.Serialize(new UnboundMessage(1))).Message.ShouldContain("UnboundMessage");
        _system.Serialization.FindSerializerForType(typeof(object)).ShouldBeOfType<RefusingSerializer>();
    }

    [Fact]
    public void Marks_beyond_the_cap_are_forgotten_oldest_publishers_first_and_their_numbers_are_expired_not_new()
    {
        var producers = Enumerable.Range(1, 4).Select(i => new ProducerMarks(
            ProducerId.FromStore($"p{i}"), i, null, [.. Enumerable.Range(1, 3).Select(n => new ProducerMarks.Mark(n * 10, n))]));

        var capped = ProducerMarks.Capped(producers, most: 7);

        capped.Select(producer => (producer.Producer.Value, producer.Marks.Count, producer.Forgotten))
            .ShouldBe([("p4", 3, null), ("p3", 3, null), ("p2", 0, 30L), ("p1", 0, 30L)]);
    }

    private static JournalEvent.ChannelAppended Messages() => new(
        [
            new LoggedMessage(
                new LogMessage(41, new Payload("{\"a\":1}"u8.ToArray()), 1_700_000_000_000, Session, new UserId("ann"))
                {
                    Tags = [new("k", "v")], Echo = false,
                },
                ProducerId.FromStore("p-1"), 12),
            new LoggedMessage(new LogMessage(42, new Payload(new byte[] { 0, 255 }, IsBinary: true), 1_700_000_000_005)),
        ],
        Tail: 17);

    private static SessionRecord Record() => new()
    {
        User = "ann",
        IdentityExpires = 1_700_000_000_000,
        Attempt = 3,
        Ordinal = 4,
        Touched = 5,
        State = { ["k"] = new PayloadRecord { Bytes = Google.Protobuf.ByteString.CopyFromUtf8("1") } },
        Subscriptions =
        {
            new SubscriptionRecord
            {
                Channel = "room:1", Epoch = 9, Offset = 41, ByServer = true,
                Presence = new PayloadRecord { Bytes = Google.Protobuf.ByteString.CopyFromUtf8("{}"), Binary = true },
            },
        },
    };

    private static ChannelSnapshot Snapshot() => new(
        new Incarnation(7), 8, new Epoch(9), 120, 50, 3, [new IndexEntry(40, 4, 1_700_000_000_000), new IndexEntry(104, 68, 1_700_000_000_900)],
        new ChannelState(4_096, 1_700_000_001_000,
        [
            new ProducerMarks(ProducerId.FromStore("p-1"), 1_700_000_000_950, 11, [new ProducerMarks.Mark(12, 119), new ProducerMarks.Mark(14, 120)]),
            new ProducerMarks(ProducerId.FromStore("p-2"), 1_700_000_000_100, null, []),
        ]));

    private static void Same(JournalEvent read, JournalEvent written)
    {
        switch (read, written)
        {
            case (JournalEvent.ChannelAppended a, JournalEvent.ChannelAppended b):
                a.Tail.ShouldBe(b.Tail);
                a.Messages.Select(message => message with { Message = message.Message with { Tags = [] } })
                    .ShouldBe(b.Messages.Select(message => message with { Message = message.Message with { Tags = [] } }));
                a.Messages.SelectMany(message => message.Message.Tags).ShouldBe(b.Messages.SelectMany(message => message.Message.Tags));
                break;
            case (JournalEvent.KeysAppended a, JournalEvent.KeysAppended b):
                a.Keys.Select(key => (key.Key, Convert.ToHexString(key.Value.Span)))
                    .ShouldBe(b.Keys.Select(key => (key.Key, Convert.ToHexString(key.Value.Span))));
                break;
            default:
                read.ShouldBe(written);
                break;
        }
    }

    private sealed record UnboundMessage(int Number);
}
