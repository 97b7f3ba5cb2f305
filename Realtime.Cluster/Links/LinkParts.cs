using Google.Protobuf.Collections;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>Positions, gaps, members and subscriptions: what several kinds of messages are made of.</summary>
internal static class LinkParts
{
    public static Wire.Position ToWire(StreamPosition position) => new() { Epoch = position.Epoch.Value, Offset = position.Offset };

    public static Wire.Position? ToWire(StreamPosition? position) => position is { } some ? ToWire(some) : null;

    /// <summary>May be none: a channel without a log has nowhere to be.</summary>
    public static StreamPosition Position(Wire.Position? position, string field)
    {
        var some = LinkFields.Present(position, field);
        return new StreamPosition(new Epoch(some.Epoch), LinkFields.Count(some.Offset, field));
    }

    /// <summary>Of a log that exists.</summary>
    public static StreamPosition PositionOnLog(Wire.Position? position, string field) =>
        Position(position, field) is { IsNone: false } some ? some : throw LinkFault.Of(field, "has no epoch");

    /// <summary>Where absence is the word for "no log", a position without an epoch would be a second one.</summary>
    public static StreamPosition? PositionOrNull(Wire.Position? position, string field) =>
        position is null ? null : PositionOnLog(position, field);

    public static Wire.Start ToWire(StartFrom from) => from switch
    {
        StartFrom.LiveEnd => new Wire.Start { Live = true },
        StartFrom.Beginning => new Wire.Start { Beginning = true },
        StartFrom.At at => new Wire.Start { At = ToWire(at.Position) },
        StartFrom.Last last => new Wire.Start { Last = last.Count },
        StartFrom.Ago ago => new Wire.Start { Ago = ago.Seconds },
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "has no form on links"),
    };

    public static StartFrom Start(Wire.Start? start, string field)
    {
        var from = LinkFields.Present(start, field);
        return from.FromCase switch
        {
            Wire.Start.FromOneofCase.Live => StartFrom.Live,
            Wire.Start.FromOneofCase.Beginning => StartFrom.Start,
            Wire.Start.FromOneofCase.At => new StartFrom.At(PositionOnLog(from.At, field)),
            Wire.Start.FromOneofCase.Last => new StartFrom.Last(LinkFields.Count(from.Last, field)),
            Wire.Start.FromOneofCase.Ago => double.IsFinite(from.Ago) && from.Ago >= 0
                ? new StartFrom.Ago(from.Ago)
                : throw LinkFault.Of(field, "is not a number of seconds"),
            _ => throw LinkFault.NoKind(from, field),
        };
    }

    public static Wire.Gap? ToWire(GapNotice? gap)
    {
        if (gap is null)
        {
            return null;
        }

        var wire = new Wire.Gap { Reason = (int)gap.Reason, Position = ToWire(gap.Position) };
        if (gap.From is { } from)
        {
            wire.From = from;
        }

        if (gap.To is { } to)
        {
            wire.To = to;
        }

        return wire;
    }

    public static GapNotice? Gap(Wire.Gap? gap, string field) => gap is null
        ? null
        : new GapNotice(
            LinkFields.Known<GapReason>(gap.Reason, field),
            Position(gap.Position, field),
            gap.HasFrom ? LinkFields.Count(gap.From, field) : null,
            gap.HasTo ? LinkFields.Count(gap.To, field) : null);

    public static Wire.Payload ToWire(Payload payload) => new() { Bytes = LinkFields.Wrap(payload.Bytes), Binary = payload.IsBinary };

    public static Wire.Payload? ToWire(Payload? payload) => payload is { } some ? ToWire(some) : null;

    public static Payload Payload(Wire.Payload? payload, string field)
    {
        var some = LinkFields.Present(payload, field);
        return new Payload(some.Bytes.Memory, some.Binary);
    }

    public static Payload? PayloadOrNull(Wire.Payload? payload, string field) => payload is null ? null : Payload(payload, field);

    public static void Add(RepeatedField<Wire.Member> to, IReadOnlyList<Member> members)
    {
        to.Capacity = members.Count;
        foreach (var member in members)
        {
            var wire = new Wire.Member { Session = LinkFields.ToBytes(member.Session), Data = ToWire(member.Data) };
            if (member.User is { } user)
            {
                wire.User = user.Value;
            }

            to.Add(wire);
        }
    }

    public static Member[] Members(RepeatedField<Wire.Member> members) => ReadAll(members, static member => new Member(
        LinkFields.Session(member.Session, "member.session"),
        LinkFields.UserOrNone(member.HasUser, member.User, "member.user"),
        Payload(member.Data, "member.data")));

    public static Wire.Roster? ToWire(PresenceSnapshot? presence)
    {
        if (presence is null)
        {
            return null;
        }

        var roster = new Wire.Roster { CountedOnly = presence.Members is null, Count = presence.Count, Revision = presence.Revision, More = presence.More };
        if (presence.Members is { } members)
        {
            Add(roster.Members, members);
        }

        return roster;
    }

    public static PresenceSnapshot Roster(Wire.Roster? roster, string field)
    {
        var some = LinkFields.Present(roster, field);
        return some.CountedOnly && some.Members.Count > 0
            ? throw LinkFault.Of(field, "names members and says that it does not")
            : new PresenceSnapshot(
                some.CountedOnly ? null : Members(some.Members), LinkFields.Count(some.Count, field), LinkFields.Count(some.Revision, field))
            {
                More = some.More,
            };
    }

    public static PresenceSnapshot? RosterOrNull(Wire.Roster? roster, string field) => roster is null ? null : Roster(roster, field);

    public static Wire.Subscription ToWire(SessionSubscription subscription) => new()
    {
        Channel = subscription.Channel.Value,
        Position = ToWire(subscription.Position),
        Presence = ToWire(subscription.Presence),
        ByServer = subscription.ByServer,
    };

    public static SessionSubscription Subscription(Wire.Subscription? subscription, string field)
    {
        var some = LinkFields.Present(subscription, field);
        return new SessionSubscription(
            LinkFields.Channel(some.Channel, "subscription.channel"),
            PositionOrNull(some.Position, "subscription.position"),
            PayloadOrNull(some.Presence, "subscription.presence"),
            some.ByServer);
    }

    public static void Add(RepeatedField<Wire.Subscription> to, IReadOnlyList<SessionSubscription> subscriptions)
    {
        to.Capacity = subscriptions.Count;
        foreach (var subscription in subscriptions)
        {
            to.Add(ToWire(subscription));
        }
    }

    public static SessionSubscription[] Subscriptions(RepeatedField<Wire.Subscription> subscriptions) =>
        ReadAll(subscriptions, static subscription => Subscription(subscription, "subscriptions"));

    public static Wire.Identity? ToWire(SessionIdentity? identity)
    {
        if (identity is null)
        {
            return null;
        }

        var wire = new Wire.Identity { User = identity.User.Value };
        if (identity.Expires is { } expires)
        {
            wire.Expires = expires;
        }

        return wire;
    }

    public static SessionIdentity Identity(Wire.Identity? identity, string field)
    {
        var some = LinkFields.Present(identity, field);
        return new SessionIdentity(LinkFields.User(some.User, "identity.user"), some.HasExpires ? some.Expires : null);
    }

    public static SessionIdentity? IdentityOrNull(Wire.Identity? identity, string field) => identity is null ? null : Identity(identity, field);

    public static void Add(RepeatedField<int> to, IReadOnlyList<ShardId> shards)
    {
        to.Capacity = shards.Count;
        foreach (var shard in shards)
        {
            to.Add(shard.Value);
        }
    }

    public static ShardId[] Shards(RepeatedField<int> shards, string field)
    {
        var all = new ShardId[shards.Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = LinkFields.Shard(shards[i], field);
        }

        return all;
    }

    public static TTo[] ReadAll<TFrom, TTo>(RepeatedField<TFrom> from, Func<TFrom, TTo> read)
    {
        if (from.Count == 0)
        {
            return [];
        }

        var all = new TTo[from.Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = read(from[i]);
        }

        return all;
    }
}
