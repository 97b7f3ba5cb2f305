using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Rows as a store would give them: node <c>n7</c> is incarnation 7 and listens on port 7.</summary>
internal static class MadeRows
{
    public static MemberRow Row(long number, double age = 0, long beat = 1, bool joined = true, string? verdict = null, string role = "node", params long[] misses) =>
        new(new NodeId($"n{number}"), new Incarnation(number), beat, TimeSpan.FromSeconds(age))
        {
            Address = Address(number),
            HasJoined = joined,
            Roles = [role],
            Verdict = verdict,
            Unreachable = [.. misses.Select(missed => new Incarnation(missed))],
        };

    public static MemberAddress Address(long number) => new($"akka.tcp://realtime@127.0.0.1:{number}", (int)number);

    public static MemberPicture Picture(params MemberRow[] rows) => new(0, 1, default, rows);

    public static IReadOnlyList<Incarnation> Numbers(params long[] numbers) => [.. numbers.Select(number => new Incarnation(number))];
}
