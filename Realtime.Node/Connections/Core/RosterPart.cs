using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// A presence in parts that fit into a queue, in the order of the sessions: so the last member of one part says where the next begins,
/// also when members have come and gone in between.
/// </summary>
internal static class RosterPart
{
    /// <summary>What a member takes beside its data and its user.</summary>
    private const int MemberBytes = 64;

    /// <param name="after">None: from the first on.</param>
    /// <returns>The whole when it fits; else one member at least.</returns>
    public static PresenceSnapshot Of(PresenceSnapshot whole, SessionId after, int maxBytes)
    {
        if (whole.Members is not { } members || (after.IsNone && BytesOf(members) <= maxBytes))
        {
            return whole;
        }

        var rest = members.Where(member => member.Session.Value > after.Value).OrderBy(member => member.Session.Value).ToList();
        long bytes = 0;
        var part = rest.TakeWhile((member, index) => (bytes += BytesOf(member)) <= maxBytes || index == 0).ToList();
        return whole with { Members = part, More = part.Count < rest.Count };
    }

    /// <summary>About what they take as JSON.</summary>
    public static long BytesOf(IReadOnlyList<Member> members)
    {
        long bytes = 0;
        for (var i = 0; i < members.Count; i++)
        {
            bytes += BytesOf(members[i]);
        }

        return bytes;
    }

    private static int BytesOf(Member member) => MemberBytes + member.Data.Length + (member.User?.Value.Length ?? 0);
}
