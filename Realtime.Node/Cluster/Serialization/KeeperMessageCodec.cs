using Google.Protobuf.Collections;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Wire.Keepers;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="KeeperMessage"/> ↔ protobuf.</summary>
internal static class KeeperMessageCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(KeeperMessage))
        .With<KeeperMessage.Read, ReadKeptBody>("kr", ReadKeptBody.Parser, ToBody, FromBody)
        .With<KeeperMessage.Take, AttemptBody>(
            "kt", AttemptBody.Parser, take => ToBody(take.Channel, take.Attempt), body => new KeeperMessage.Take(ChannelOf(body), (long)body.Attempt))
        .With<KeeperMessage.Page, KeptPageBody>("kp", KeptPageBody.Parser, ToBody, FromBody)
        .With<KeeperMessage.NotKept, AttemptBody>(
            "kn", AttemptBody.Parser, no => ToBody(no.Channel, no.Attempt), body => new KeeperMessage.NotKept(ChannelOf(body), (long)body.Attempt))
        .With<KeeperMessage.Replaced, AttemptBody>(
            "kx", AttemptBody.Parser, other => ToBody(other.Channel, other.Attempt), body => new KeeperMessage.Replaced(ChannelOf(body), (long)body.Attempt))
        .With<KeeperMessage.Given, AttemptBody>(
            "kg", AttemptBody.Parser, given => ToBody(given.Channel, given.Attempt), body => new KeeperMessage.Given(ChannelOf(body), (long)body.Attempt))
        .With<KeeperMessage.Wake, WakeBody>("kw", WakeBody.Parser, ToBody, FromBody);

    private static AttemptBody ToBody(ChannelName channel, long attempt) => new() { Channel = channel.Value, Attempt = (ulong)attempt };

    private static ChannelName ChannelOf(AttemptBody body) => WireValues.ToChannel(body.Channel);

    private static ReadKeptBody ToBody(KeeperMessage.Read read)
    {
        var body = new ReadKeptBody { Channel = read.Channel.Value, Attempt = (ulong)read.Attempt, Producers = read.Producers };
        if (read.After is { } after)
        {
            body.After = after;
        }

        return body;
    }

    private static KeeperMessage.Read FromBody(ReadKeptBody body) =>
        new(WireValues.ToChannel(body.Channel), (long)body.Attempt, body.Producers, body.HasAfter ? body.After : null);

    private static KeptPageBody ToBody(KeeperMessage.Page page)
    {
        var body = new KeptPageBody
        {
            Channel = page.Channel.Value,
            Attempt = (ulong)page.Attempt,
            Bounds = new KeptBoundsValue
            {
                Epoch = page.Bounds.Epoch.Value,
                Head = page.Bounds.Head,
                Tail = page.Bounds.Tail,
                LastAt = page.Bounds.LastAt,
                Producers = page.Bounds.Producers,
            },
            FirstProducer = page.FirstProducer,
        };
        body.Producers.AddRange(page.Producers.Select(ToValue));
        WireValues.AddMessages(body.Messages, page.Messages);
        return body;
    }

    private static KeeperMessage.Page FromBody(KeptPageBody body) => new(
        WireValues.ToChannel(body.Channel),
        (long)body.Attempt,
        body.Bounds is { } bounds
            ? new KeptBounds(new Epoch(bounds.Epoch), bounds.Head, bounds.Tail, bounds.LastAt, bounds.Producers)
            : throw new InvalidDataException("the bounds are missing"),
        body.FirstProducer,
        [.. body.Producers.Select(FromValue)],
        WireValues.ToMessages(body.Messages));

    private static KeptProducerValue ToValue(ProducerMarks producer)
    {
        var value = new KeptProducerValue { Id = producer.Producer.Value, LastAt = producer.LastAt };
        if (producer.Forgotten is { } forgotten)
        {
            value.Forgotten = forgotten;
        }

        var before = default(ProducerMarks.Mark);
        foreach (var mark in producer.Marks)
        {
            value.Marks.Add(unchecked(mark.Sequence - before.Sequence));
            value.Marks.Add(unchecked(mark.Offset - before.Offset));
            before = mark;
        }

        return value;
    }

    private static ProducerMarks FromValue(KeptProducerValue value) => new(
        ProducerId.TryRead(value.Id, out var id) ? id : throw new InvalidDataException("this is no producer"),
        value.LastAt,
        value.HasForgotten ? value.Forgotten : null,
        ToMarks(value.Marks));

    private static ProducerMarks.Mark[] ToMarks(RepeatedField<long> numbers)
    {
        var marks = new ProducerMarks.Mark[numbers.Count / 2];
        var before = default(ProducerMarks.Mark);
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = before = new ProducerMarks.Mark(
                unchecked(before.Sequence + numbers[2 * i]), unchecked(before.Offset + numbers[(2 * i) + 1]));
        }

        return marks;
    }

    private static WakeBody ToBody(KeeperMessage.Wake wake)
    {
        var body = new WakeBody();
        body.Channels.AddRange(wake.Channels.Select(channel => channel.Value));
        return body;
    }

    private static KeeperMessage.Wake FromBody(WakeBody body) => new([.. body.Channels.Select(WireValues.ToChannel)]);
}
