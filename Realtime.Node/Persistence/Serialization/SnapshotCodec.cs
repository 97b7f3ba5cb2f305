using Google.Protobuf;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Serialization;

/// <summary><see cref="ChannelSnapshot"/> ↔ bytes: numbers as differences from the one before, a checksum at the end.</summary>
internal static class SnapshotCodec
{
    private const uint ChecksumTag = (ChannelSnapshotRecord.ChecksumFieldNumber << 3) | 5;

    public static byte[] Write(ChannelSnapshot snapshot)
    {
        var record = ToRecord(snapshot);
        var bytes = new byte[record.CalculateSize() + 1 + sizeof(uint)];
        using (var output = new CodedOutputStream(bytes))
        {
            record.WriteTo(output);
            output.WriteTag(ChecksumTag);
        }

        EventCodec.Seal(bytes);
        return bytes;
    }

    /// <summary>Never throws: a snapshot that cannot be read says so (<see cref="ChannelSnapshot.Fault"/>).</summary>
    public static ChannelSnapshot Read(byte[] bytes)
    {
        if (!EventCodec.IsSealed(bytes))
        {
            return ChannelSnapshot.Unreadable("its checksum is wrong");
        }

        try
        {
            return FromRecord(ChannelSnapshotRecord.Parser.ParseFrom(bytes));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            return ChannelSnapshot.Unreadable(e.Message);
        }
    }

    private static ChannelSnapshotRecord ToRecord(ChannelSnapshot snapshot)
    {
        var record = new ChannelSnapshotRecord
        {
            Writer = snapshot.Writer.Value,
            Store = snapshot.Store,
            Epoch = snapshot.Epoch.Value,
            Head = snapshot.Head,
            Tail = snapshot.Tail,
            Deleted = snapshot.Deleted,
            Bytes = snapshot.State.Bytes,
            LastAt = snapshot.State.LastAt,
        };
        var before = default(IndexEntry);
        foreach (var entry in snapshot.Index)
        {
            record.Index.Add(entry.Offset - before.Offset);
            record.Index.Add(entry.SequenceNr - before.SequenceNr);
            record.Index.Add(entry.At - before.At);
            before = entry;
        }

        record.Producers.AddRange(snapshot.State.Producers.Select(ToRecord));
        return record;
    }

    private static ProducerRecord ToRecord(ProducerMarks producer)
    {
        var record = new ProducerRecord { Id = producer.Producer.Value, LastAt = producer.LastAt };
        if (producer.Forgotten is { } forgotten)
        {
            record.Forgotten = forgotten;
        }

        var before = default(ProducerMarks.Mark);
        foreach (var mark in producer.Marks)
        {
            record.Marks.Add(mark.Sequence - before.Sequence);
            record.Marks.Add(mark.Offset - before.Offset);
            before = mark;
        }

        return record;
    }

    private static ChannelSnapshot FromRecord(ChannelSnapshotRecord record)
    {
        if (record.Index.Count % 3 != 0)
        {
            throw new InvalidDataException("its index is cut");
        }

        var index = new IndexEntry[record.Index.Count / 3];
        var before = default(IndexEntry);
        for (var i = 0; i < index.Length; i++)
        {
            index[i] = before = new IndexEntry(
                before.Offset + record.Index[3 * i], before.SequenceNr + record.Index[(3 * i) + 1], before.At + record.Index[(3 * i) + 2]);
        }

        return new ChannelSnapshot(
            new Incarnation(record.Writer), record.Store, new Epoch(record.Epoch), record.Head, record.Tail, record.Deleted, index,
            new ChannelState(record.Bytes, record.LastAt, [.. record.Producers.Select(FromRecord)]));
    }

    private static ProducerMarks FromRecord(ProducerRecord record)
    {
        if (record.Marks.Count % 2 != 0)
        {
            throw new InvalidDataException($"the marks of producer {record.Id} are cut");
        }

        var marks = new ProducerMarks.Mark[record.Marks.Count / 2];
        var before = default(ProducerMarks.Mark);
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = before = new ProducerMarks.Mark(before.Sequence + record.Marks[2 * i], before.Offset + record.Marks[(2 * i) + 1]);
        }

        return new ProducerMarks(ProducerId.FromStore(record.Id), record.LastAt, record.HasForgotten ? record.Forgotten : null, marks);
    }
}
