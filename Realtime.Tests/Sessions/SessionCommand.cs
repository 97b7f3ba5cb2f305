using FsCheck;
using FsCheck.Fluent;
using Realtime.Cluster.Journal;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>One thing that happens to a session in a random sequence.</summary>
internal abstract record SessionCommand
{
    public sealed record Attach : SessionCommand;

    public sealed record Detach : SessionCommand;

    public sealed record Put(int Channel, int Offset, bool Present) : SessionCommand;

    public sealed record Remove(int Channel) : SessionCommand;

    public sealed record Ack(int Channel, int Offset) : SessionCommand;

    /// <param name="Value">0 removes the key.</param>
    public sealed record Set(int Key, int Value) : SessionCommand;

    public sealed record Fire(SessionTimer Timer) : SessionCommand;

    /// <param name="WasWritten">For an unknown outcome: whether it reached the row all the same.</param>
    public sealed record Finish(WriteOutcome Outcome, bool WasWritten) : SessionCommand;

    /// <summary>The process dies: what was not written is lost.</summary>
    public sealed record Crash : SessionCommand;

    /// <summary>The shard goes to another node.</summary>
    /// <param name="Meanwhile">A request that comes while it goes.</param>
    public sealed record HandOff(Finish Write, Set Meanwhile) : SessionCommand;

    /// <summary>The connection that stands for it says so again.</summary>
    public sealed record Hold : SessionCommand;

    public sealed record Orphaned : SessionCommand;

    public static Arbitrary<SessionCommand[]> Sequences()
    {
        var channel = Gen.Choose(0, 2);
        var put =
            from name in channel
            from offset in Gen.Choose(0, 9)
            from present in Gen.Elements(true, false)
            select (SessionCommand)new Put(name, offset, present);
        var ack = from name in channel from offset in Gen.Choose(0, 9) select (SessionCommand)new Ack(name, offset);
        var set = from key in Gen.Choose(0, 2) from value in Gen.Choose(0, 3) select (SessionCommand)new Set(key, value);
        var fire = Gen.Elements(SessionTimer.WriteBehind, SessionTimer.Grace, SessionTimer.Retry)
            .Select(timer => (SessionCommand)new Fire(timer));
        var finish = Gen.Frequency(
            (8, Gen.Constant((WriteOutcome.Committed, true))),
            (2, Gen.Elements((WriteOutcome.Busy, false), (WriteOutcome.StorageFull, false), (WriteOutcome.Unavailable, false))),
            (1, Gen.Elements((WriteOutcome.Unknown, false), (WriteOutcome.Unknown, true))))
            .Select(pair => new Finish(pair.Item1, pair.Item2));
        var handOff =
            from write in finish
            from key in Gen.Choose(0, 2)
            from value in Gen.Choose(0, 3)
            select (SessionCommand)new HandOff(write, new Set(key, value));
        return Gen.Frequency(
            (4, Gen.Constant<SessionCommand>(new Attach())), (3, Gen.Constant<SessionCommand>(new Detach())),
            (5, put), (2, channel.Select(name => (SessionCommand)new Remove(name))), (3, ack), (5, set),
            (8, fire), (10, finish.Select(one => (SessionCommand)one)), (1, Gen.Constant<SessionCommand>(new Crash())),
            (3, handOff), (2, Gen.Constant<SessionCommand>(new Hold())), (1, Gen.Constant<SessionCommand>(new Orphaned()))).ArrayOf().ToArbitrary();
    }
}
