using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Journal;

namespace Realtime.Tests.Channels;

/// <summary>One thing that happens to a channel in a random sequence.</summary>
internal abstract record ChannelCommand
{
    /// <param name="Sequence">0: without a number. Small numbers, so that repeats come by themselves.</param>
    public sealed record Publish(int Producer, int Sequence, int Size) : ChannelCommand;

    public sealed record Write(WriteOutcome Outcome) : ChannelCommand;

    public sealed record LoseAnswer(bool WasWritten) : ChannelCommand;

    public sealed record Resolve : ChannelCommand;

    public sealed record Read(int Reader, int Limit) : ChannelCommand;

    /// <summary>The process dies; what was under way has been written or not.</summary>
    public sealed record Crash(bool WasWritten) : ChannelCommand;

    /// <summary>The shard is handed to another owner.</summary>
    /// <param name="Ends">What becomes of the append under way; null: its answer is lost.</param>
    public sealed record HandOff(WriteOutcome? Ends, bool WasWritten) : ChannelCommand;

    /// <summary>Another owner takes the shard, and the store refuses what is under way.</summary>
    public sealed record TakeAway : ChannelCommand;

    public sealed record TimePasses(int Milliseconds) : ChannelCommand;

    public static Arbitrary<ChannelCommand[]> Sequences()
    {
        var publish =
            from producer in Gen.Choose(0, 1)
            from sequence in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(1, 25)))
            from size in Gen.Choose(0, 60)
            select (ChannelCommand)new Publish(producer, sequence, size);
        var write = Gen.Frequency(
                (8, Gen.Constant(WriteOutcome.Committed)),
                (1, Gen.Elements(WriteOutcome.Busy, WriteOutcome.StorageFull, WriteOutcome.Unavailable, WriteOutcome.Conflict)))
            .Select(outcome => (ChannelCommand)new Write(outcome));
        var lose = Gen.Elements(true, false).Select(written => (ChannelCommand)new LoseAnswer(written));
        var read = from reader in Gen.Choose(0, 2) from limit in Gen.Choose(1, 7) select (ChannelCommand)new Read(reader, limit);
        var crash = Gen.Elements(true, false).Select(written => (ChannelCommand)new Crash(written));
        var time = Gen.Choose(1, 400).Select(ms => (ChannelCommand)new TimePasses(ms));
        var handOff =
            from ends in Gen.Elements<WriteOutcome?>(WriteOutcome.Committed, WriteOutcome.Committed, WriteOutcome.Busy, null)
            from written in Gen.Elements(true, false)
            select (ChannelCommand)new HandOff(ends, written);
        return Gen.Frequency(
            (12, publish), (10, write), (2, lose), (3, Gen.Constant<ChannelCommand>(new Resolve())), (8, read), (1, crash), (2, time),
            (2, handOff), (1, Gen.Constant<ChannelCommand>(new TakeAway())))
            .ArrayOf().ToArbitrary();
    }
}
