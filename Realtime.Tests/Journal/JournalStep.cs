using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Journal;

/// <summary>One step of a random sequence.</summary>
internal abstract record JournalStep(string Channel)
{
    private static readonly string[] Channels = ["chat:a", "chat:b", "chat:c"];

    /// <param name="HeadError">How far the expected head is off.</param>
    /// <param name="Keep">Null, or how many messages are to be kept at most.</param>
    public sealed record Append(string Channel, int Count, int Size, int HeadError, bool Marked, int? Keep) : JournalStep(Channel);

    /// <param name="Permille">Where in the log the tail goes.</param>
    public sealed record Trim(string Channel, int Permille) : JournalStep(Channel);

    public sealed record Reopen(string Channel) : JournalStep(Channel);

    public static Arbitrary<JournalStep[]> Sequences()
    {
        var channel = Gen.Elements(Channels);
        var append =
            from name in channel
            from count in Gen.Choose(0, 6)
            from size in Gen.Choose(0, 900)
            from error in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(1, 3)), (1, Gen.Choose(-3, -1)))
            from marked in Gen.Elements(true, false)
            from keep in Gen.Frequency((3, Gen.Constant<int?>(null)), (1, Gen.Choose(0, 5).Select(keep => (int?)keep)))
            select (JournalStep)new Append(name, count, size, error, marked, keep);
        var trim = from name in channel from permille in Gen.Choose(0, 1000) select (JournalStep)new Trim(name, permille);
        var reopen = channel.Select(name => (JournalStep)new Reopen(name));
        return Gen.Frequency((12, append), (2, trim), (1, reopen)).ArrayOf().ToArbitrary();
    }
}
