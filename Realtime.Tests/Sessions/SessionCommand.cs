using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Sessions;

/// <summary>A step of a random history of one session.</summary>
internal abstract record SessionCommand
{
    /// <summary>A new connection of the client says hello; sometimes with an attempt that it has given up.</summary>
    public sealed record Connect(bool Late) : SessionCommand;

    /// <summary>One of the connections there ever were attaches again with what it knows.</summary>
    public sealed record AttachAgain(int Connection) : SessionCommand;

    public sealed record Subscribe(int Connection, int Channel) : SessionCommand;

    public sealed record Set(int Connection, int Key) : SessionCommand;

    public sealed record Detach(int Connection) : SessionCommand;

    public sealed record Wait(int Milliseconds) : SessionCommand;

    public sealed record LogAnswers : SessionCommand;

    public sealed record LogFails(bool WasWritten) : SessionCommand;

    /// <summary>There is no room; the session learns that nothing is written.</summary>
    public sealed record LogFull : SessionCommand;

    public sealed record ChannelAnswers : SessionCommand;

    public sealed record HandOff : SessionCommand;

    /// <summary>The actor is gone with everything that is not in the log; what was under way is written or not.</summary>
    public sealed record Crash(bool WasWritten) : SessionCommand;

    public sealed record Expire : SessionCommand;

    public static Arbitrary<SessionCommand[]> Sequences() => Gen.Frequency(
        (3, from late in Gen.Elements(false, false, true) select (SessionCommand)new Connect(late)),
        (3, from connection in Gen.Choose(0, 20) select (SessionCommand)new AttachAgain(connection)),
        (4, from connection in Gen.Choose(0, 20) from channel in Gen.Choose(0, 2)
            select (SessionCommand)new Subscribe(connection, channel)),
        (5, from connection in Gen.Choose(0, 20) from key in Gen.Choose(0, 2) select (SessionCommand)new Set(connection, key)),
        (2, from connection in Gen.Choose(0, 20) select (SessionCommand)new Detach(connection)),
        (4, from time in Gen.Elements(1, 200, 700, 10_000, 1_000_000) select (SessionCommand)new Wait(time)),
        (9, Gen.Constant((SessionCommand)new LogAnswers())),
        (2, from written in Gen.Elements(false, true) select (SessionCommand)new LogFails(written)),
        (1, Gen.Constant((SessionCommand)new LogFull())),
        (2, Gen.Constant((SessionCommand)new ChannelAnswers())),
        (1, Gen.Constant((SessionCommand)new HandOff())),
        (1, from written in Gen.Elements(false, true) select (SessionCommand)new Crash(written)),
        (1, Gen.Constant((SessionCommand)new Expire()))).ArrayOf().ToArbitrary();
}
