using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Feeds;

/// <summary>One thing that happens around a feed in a random sequence. Clients are named by number.</summary>
internal abstract record FeedStep
{
    /// <param name="From">0: by a session that has no subscriber here; otherwise by that client, without echo.</param>
    public sealed record Publish(int Count, int From, int Key) : FeedStep;

    /// <param name="Start">0 live, 1 start, 2 the last three, 3 a position.</param>
    public sealed record Join(int Client, int Start, int Offset) : FeedStep;

    /// <summary>The client's reply is out.</summary>
    public sealed record Begin(int Client) : FeedStep;

    public sealed record Hold(int Client) : FeedStep;

    public sealed record Release(int Client) : FeedStep;

    public sealed record ReadOne(int Client) : FeedStep;

    /// <summary>The present owner answers the next request.</summary>
    public sealed record Answer : FeedStep;

    public sealed record LoseRequest : FeedStep;

    /// <summary>What an owner has said arrives, several messages in one turn of the feed.</summary>
    /// <param name="Back">0: the present owner; otherwise one of those before.</param>
    public sealed record Deliver(int Back, int Count) : FeedStep;

    /// <summary>What an owner has said is lost.</summary>
    public sealed record LoseSaid(int Back) : FeedStep;

    public sealed record MoveOwner(bool Tells, bool IsReborn) : FeedStep;

    /// <summary>The log goes on in another life under the same owner.</summary>
    public sealed record Reborn : FeedStep;

    /// <summary>A former owner that does not know that it is one makes up messages that were never committed.</summary>
    public sealed record StaleBatch(int Back) : FeedStep;

    public sealed record Second : FeedStep;

    public static Arbitrary<FeedStep[]> Sequences()
    {
        var client = Gen.Choose(1, 3);
        var back = Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 2)));
        var publish =
            from count in Gen.Choose(1, 3)
            from who in Gen.Choose(0, 3)
            from key in Gen.Choose(0, 2)
            select (FeedStep)new Publish(count, who, key);
        var join =
            from who in client
            from start in Gen.Choose(0, 3)
            from offset in Gen.Choose(0, 30)
            select (FeedStep)new Join(who, start, offset);
        var move =
            from tells in Gen.Elements(true, false)
            from reborn in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (FeedStep)new MoveOwner(tells, reborn);
        var deliver = from owner in back from count in Gen.Choose(1, 4) select (FeedStep)new Deliver(owner, count);
        return Gen.Frequency(
            (12, publish), (5, join), (5, client.Select(who => (FeedStep)new Begin(who))),
            (12, Gen.Constant<FeedStep>(new Answer())), (14, deliver),
            (2, client.Select(who => (FeedStep)new Hold(who))), (2, client.Select(who => (FeedStep)new Release(who))),
            (2, client.Select(who => (FeedStep)new ReadOne(who))), (1, Gen.Constant<FeedStep>(new LoseRequest())),
            (1, back.Select(owner => (FeedStep)new LoseSaid(owner))), (1, move), (1, Gen.Constant<FeedStep>(new Reborn())),
            (1, Gen.Choose(1, 2).Select(owner => (FeedStep)new StaleBatch(owner))), (2, Gen.Constant<FeedStep>(new Second())))
            .ArrayOf().ToArbitrary();
    }
}
