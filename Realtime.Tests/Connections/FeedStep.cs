using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Connections;

/// <summary>One thing that happens around a feed in a random sequence. Readers are named by number.</summary>
internal abstract record FeedStep
{
    /// <param name="From">0: by nobody who reads here; otherwise by that reader, without echo.</param>
    public sealed record Publish(int From, int Key) : FeedStep;

    public sealed record PublishUnheard : FeedStep;

    /// <param name="Start">0 live, 1 start, 2 the last three, 3 a position.</param>
    public sealed record Join(int Reader, int Start, int Offset) : FeedStep;

    public sealed record Hold(int Reader) : FeedStep;

    public sealed record Release(int Reader) : FeedStep;

    public sealed record ReadOne(int Reader) : FeedStep;

    public sealed record Forget(bool Publishes, bool Reborn) : FeedStep;

    /// <summary>Another node owns the channel from now on.</summary>
    public sealed record MoveOwner(bool HandedOff, bool Publishes, bool Reborn) : FeedStep;

    public sealed record DropAnswer : FeedStep;

    public static Arbitrary<FeedStep[]> Sequences()
    {
        var reader = Gen.Choose(1, 3);
        var publish = from who in Gen.Choose(0, 3) from key in Gen.Choose(0, 2) select (FeedStep)new Publish(who, key);
        var join =
            from who in reader
            from start in Gen.Choose(0, 3)
            from offset in Gen.Choose(0, 30)
            select (FeedStep)new Join(who, start, offset);
        var forget =
            from publishes in Gen.Elements(true, false)
            from reborn in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (FeedStep)new Forget(publishes, reborn);
        var move =
            from handedOff in Gen.Elements(true, false)
            from publishes in Gen.Elements(true, false)
            from reborn in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (FeedStep)new MoveOwner(handedOff, publishes, reborn);
        return Gen.Frequency(
            (14, publish), (2, Gen.Constant<FeedStep>(new PublishUnheard())), (4, join),
            (4, reader.Select(who => (FeedStep)new Hold(who))), (3, reader.Select(who => (FeedStep)new Release(who))),
            (3, reader.Select(who => (FeedStep)new ReadOne(who))), (1, forget), (2, move), (1, Gen.Constant<FeedStep>(new DropAnswer())))
            .ArrayOf().ToArbitrary();
    }
}
