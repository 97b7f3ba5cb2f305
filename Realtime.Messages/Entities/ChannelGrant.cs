using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>A token's word that its bearer may do something on channels.</summary>
/// <param name="Pattern">The name of a channel, or the beginning of names and <c>*</c> as its last character.</param>
public readonly record struct ChannelGrant(string Pattern, ChannelRights Rights)
{
    private const char Rest = '*';

    /// <summary>
    /// Whether the pattern is about this channel, character by character: names are in normal form C, and nothing is folded or decoded. A pattern with a star elsewhere is about none. The star alone leaves out
    /// what belongs to the server or to another user: those are named or not meant.
    /// </summary>
    public bool Covers(ChannelName channel, UserId bearer)
    {
        var star = Pattern.IndexOf(Rest, StringComparison.Ordinal);
        if (star < 0)
        {
            return Pattern == channel.Value;
        }

        return star == Pattern.Length - 1
            && channel.Value.AsSpan().StartsWith(Pattern.AsSpan(0, star), StringComparison.Ordinal)
            && (star > 0 || !(channel.IsReserved || (channel.IsPersonal && !channel.IsPersonalOf(bearer))));
    }
}
