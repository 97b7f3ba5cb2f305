using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds.Core;

/// <summary>
/// A roster in parts that fit into a queue, in the order of the sessions: the last member of one part says where the next begins, also when
/// members have come and gone in between.
/// </summary>
internal static class RosterPart
{
    /// <summary>What a member takes beside its data and its user.</summary>
    private const int MemberBytes = 64;

    /// <param name="whole">Its members in the order of their sessions.</param>
    /// <param name="after">None: from the first on.</param>
    /// <returns>The whole when it fits; else one member at least.</returns>
    public static PresenceSnapshot Of(PresenceSnapshot whole, SessionId after, long maxBytes)
    {
        if (whole.Members is not { } members)
        {
            return whole;
        }

        var first = after.IsNone ? 0 : FirstAfter(members, after);
        var next = first;
        for (long bytes = 0; next < members.Count; next++)
        {
            bytes += BytesOf(members[next]);
            if (bytes > maxBytes && next > first)
            {
                break;
            }
        }

        return first == 0 && next == members.Count ? whole
            : whole with { Members = [.. members.Skip(first).Take(next - first)], More = next < members.Count };
    }

    /// <summary>About what a member takes as JSON.</summary>
    public static int BytesOf(Member member) => MemberBytes + member.Data.Length + (member.User?.Value.Length ?? 0);

    private static int FirstAfter(IReadOnlyList<Member> members, SessionId after)
    {
        var (low, high) = (0, members.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (members[middle].Session.Value <= after.Value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
