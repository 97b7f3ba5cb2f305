using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>All grants of one token, in the order in which it names them. Equal when they say the same in the same order.</summary>
public sealed class ChannelGrants(IReadOnlyList<ChannelGrant> items) : IEquatable<ChannelGrants>
{
    public static ChannelGrants None { get; } = new([]);

    public IReadOnlyList<ChannelGrant> Items { get; } = items;

    /// <summary>Everything that they allow their bearer there, together.</summary>
    public ChannelRights On(ChannelName channel, UserId bearer)
    {
        var rights = ChannelRights.None;
        for (var i = 0; i < Items.Count; i++)
        {
            rights |= Items[i].Covers(channel, bearer) ? Items[i].Rights : ChannelRights.None;
        }

        return rights;
    }

    public bool Equals(ChannelGrants? other) => other is not null && Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => Equals(obj as ChannelGrants);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var grant in Items)
        {
            hash.Add(grant);
        }

        return hash.ToHashCode();
    }
}
