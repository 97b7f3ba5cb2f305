using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;
using Kind = Realtime.Messages.Links.News.MessageOneofCase;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What entities tell nodes ↔ the kinds of <see cref="Wire.News"/>.</summary>
internal static class LinkNews
{
    public static Wire.News ToWire(NodeMessage message)
    {
        switch (message)
        {
            case ChannelNews.Messages messages:
                var several = new Wire.Messages { Channel = messages.Channel.Value, Epoch = messages.Epoch.Value };
                LinkLogMessages.Add(several.Items, messages.Items);
                several.Traces.AddRange(messages.Traces.Select(static trace => LinkFields.Wrap(trace.ToBytes())));
                return new Wire.News { Messages = several };
            case ChannelNews.Head head:
                return new Wire.News { Head = new Wire.Head { Channel = head.Channel.Value, Position = LinkParts.ToWire(head.Position) } };
            case ChannelNews.Presence presence:
                var changed = new Wire.PresenceChanged
                {
                    Channel = presence.Channel.Value,
                    Change = (int)presence.Change,
                    Count = presence.Count,
                    Revision = presence.Revision,
                };
                LinkParts.Add(changed.Members, presence.Members);
                return new Wire.News { Presence = changed };
            case ChannelNews.Forgotten forgotten:
                return new Wire.News { Forgotten = new Wire.Forgotten { Channel = forgotten.Channel.Value } };
            case SessionNews.Dismissed dismissed:
                return new Wire.News { Dismissed = new Wire.Dismissed { Connection = dismissed.Connection.Value, Code = (int)dismissed.Code } };
            case SessionNews.Forgotten forgotten:
                return new Wire.News { SessionForgotten = new Wire.SessionForgotten { Connection = forgotten.Connection.Value } };
            case InterestNews.Digest digest:
                var interest = new Wire.Digest { Node = digest.From.Name };
                interest.Shards.Capacity = digest.Shards.Count;
                foreach (var (shard, count, hash) in digest.Shards)
                {
                    interest.Shards.Add(new Wire.ShardInterest { Shard = shard.Value, Count = count, Hash = hash });
                }

                return new Wire.News { Digest = interest };
            case InterestNews.AnnounceAgain again:
                var shards = new Wire.AnnounceAgain();
                LinkParts.Add(shards.Shards, again.Shards);
                return new Wire.News { AnnounceAgain = shards };
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "has no form on links");
        }
    }

    public static NodeMessage Read(Wire.News news) => news.MessageCase switch
    {
        Kind.Messages => new ChannelNews.Messages(
            LinkFields.Channel(news.Messages.Channel, "messages.channel"), new Epoch(news.Messages.Epoch), LinkLogMessages.Read(news.Messages.Items))
        {
            Traces = news.Messages.Traces.Count == 0 ? [] : [.. news.Messages.Traces.Select(static trace => LinkFields.Trace(trace, "messages.traces"))],
        },
        Kind.Head => new ChannelNews.Head(
            LinkFields.Channel(news.Head.Channel, "head.channel"), LinkParts.PositionOnLog(news.Head.Position, "head.position")),
        Kind.Presence => new ChannelNews.Presence(
            LinkFields.Channel(news.Presence.Channel, "presence.channel"),
            LinkFields.Known<PresenceChange>(news.Presence.Change, "presence.change"),
            LinkParts.Members(news.Presence.Members),
            LinkFields.Count(news.Presence.Count, "presence.count"),
            LinkFields.Count(news.Presence.Revision, "presence.revision")),
        Kind.Forgotten => new ChannelNews.Forgotten(LinkFields.Channel(news.Forgotten.Channel, "forgotten.channel")),
        Kind.Dismissed => new SessionNews.Dismissed(
            LinkFields.Connection(news.Dismissed.Connection, "dismissed.connection"),
            LinkFields.Known<CloseCode>(news.Dismissed.Code, "dismissed.code")),
        Kind.SessionForgotten => new SessionNews.Forgotten(
            LinkFields.Connection(news.SessionForgotten.Connection, "session_forgotten.connection")),
        Kind.Digest => new InterestNews.Digest(
            LinkFields.Node(news.Digest.Node, "digest.node"),
            LinkParts.ReadAll(news.Digest.Shards, static interest => new ShardInterest(
                LinkFields.Shard(interest.Shard, "digest.shards.shard"), LinkFields.Count(interest.Count, "digest.shards.count"), interest.Hash))),
        Kind.AnnounceAgain => new InterestNews.AnnounceAgain(LinkParts.Shards(news.AnnounceAgain.Shards, "announce_again.shards")),
        _ => throw LinkFault.NoKind(news, "a message to a node"),
    };
}
