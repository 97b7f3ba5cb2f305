using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>A token's word that its bearer may do something on channels.</summary>
/// <param name="Pattern">The name of a channel, or the beginning of names and <c>*</c> as its last character.</param>
public readonly record struct ChannelGrant(string Pattern, ChannelRights Rights)
{
    private const string All = "*";

    /// <summary>
    /// Whether the pattern is about this channel. A pattern with a star elsewhere is about none. The star alone leaves out
    /// what belongs to the server or to another user: those are named or not meant.
    /// </summary>
    public bool Covers(ChannelName channel, UserId bearer) =>
        ChannelPattern.Matches(Pattern, channel.Value) && (Pattern != All || !(channel.IsReserved || (channel.IsPersonal && !channel.IsPersonalOf(bearer))));
}
