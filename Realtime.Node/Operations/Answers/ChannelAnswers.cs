using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Feeds;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>Channels: those in memory as a list, and any one of them whole.</summary>
internal sealed class ChannelAnswers(OperatorServices services, ShardAnswers shards, EntityQuestions entities, Peers peers)
{
    /// <summary>Less than a member that asks waits.</summary>
    private static readonly TimeSpan FeedPatience = TimeSpan.FromSeconds(1.5);

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var limit = Filter(question).Limit;
        var pages = await peers.GatherAsync(question, OwnListAsync, OperatorJson.Default.ChannelPage, cancellation).ConfigureAwait(false);
        var (page, next) = ResidentWalk.Merge([.. pages.Answers.Select(page => (page.Answer.Channels, page.Answer.Next))], channel => channel.Name, limit);
        return OperatorReply.Ok(new ChannelPage(page, next, pages.Missing(static page => page.Unreachable)), OperatorJson.Default.ChannelPage);
    }

    /// <summary>Of the shards of this node.</summary>
    public async Task<OperatorReply> OwnListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (prefix, node, after, limit) = Filter(question);
        if (node is not null && node != services.Self.Name)
        {
            return OperatorReply.Ok(new ChannelPage([], null, []), OperatorJson.Default.ChannelPage);
        }

        var (ids, isWhole) = await Residents.ListAsync(services.Node().Channels, cancellation).ConfigureAwait(false);
        var walk = new ResidentWalk(services.Time);
        var (page, next) = await walk.ReadAsync(
            Names(ids).Where(name => prefix is null || name.StartsWith(prefix, StringComparison.Ordinal)),
            after,
            limit,
            name => SummaryAsync(name, cancellation)).ConfigureAwait(false);
        return OperatorReply.Ok(new ChannelPage(page, next, isWhole && !walk.HasMissed ? [] : [services.Self.Name]), OperatorJson.Default.ChannelPage);
    }

    public async Task<OperatorReply> ChannelAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var name = shards.Known(OperatorQuestion.Channel(question.Arguments[0], "name"));
        var reply = await entities.InspectAsync(services.Namespaces.Of(name), name, isBrief: false, cancellation).ConfigureAwait(false);
        if (reply is not ChannelReply.Inspected { Info: var info })
        {
            return EntityQuestions.NoAnswer($"Channel {name}", reply);
        }

        var shard = EntityShards.Number(EntityIds.Of(name));
        var subscribers = await Task.WhenAll(info.Feeds.Distinct().Select(node => SubscribersAsync(question, node, name, cancellation))).ConfigureAwait(false);
        return OperatorReply.Ok(
            new ChannelReport(
                Summary(name, info, shards.Owner(EntityKind.Channel, shard)),
                shard,
                Words.Of(info.Tail),
                info.Pending,
                [.. subscribers.Where(node => node.Count != 0).OrderBy(node => node.Node, StringComparer.Ordinal)],
                [.. info.Members.Select(member => new ChannelMember(member.Session.ToString(), member.User?.Value))]),
            OperatorJson.Default.ChannelReport);
    }

    /// <summary>Names of channels by their entities' ids. An entity of another id refuses whatever it is asked, and goes.</summary>
    private static IEnumerable<string> Names(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            if (EntityIds.TryParse(id, out var name))
            {
                yield return name.Value;
            }
        }
    }

    /// <summary>How many subscribers of a channel this node has, as its feed says.</summary>
    public async Task<OperatorReply> OwnSubscribersAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var channel = OperatorQuestion.Channel(question.Text("channel") ?? "");
        try
        {
            var count = await services.Node().Feeds.Ask<ChannelSubscriberCount>(
                new FeedCommand.CountSubscribers(channel), FeedPatience, cancellation).ConfigureAwait(false);
            return OperatorReply.Ok(new ChannelSubscribers(services.Self.Name, count.Total, count.Behind), MemberJson.Default.ChannelSubscribers);
        }
        catch (AskTimeoutException)
        {
            return OperatorReply.Unavailable("The feed is too busy to answer.");
        }
    }

    private async Task<ChannelSubscribers> SubscribersAsync(OperatorQuestion question, NodeId node, ChannelName channel, CancellationToken cancellation)
    {
        var asked = question.Inside("subscribers", ("channel", channel.Value));
        var reply = node == services.Self
            ? await OwnSubscribersAsync(asked, cancellation).ConfigureAwait(false)
            : await peers.PassOnAsync(node, asked, isAction: false, cancellation).ConfigureAwait(false);
        return (reply.IsSuccess ? reply.Read(MemberJson.Default.ChannelSubscribers) : null) ?? new ChannelSubscribers(node.Name, null, null);
    }

    private async Task<(bool Answered, ChannelSummary? Entry)> SummaryAsync(string text, CancellationToken cancellation)
    {
        var name = ChannelName.FromStore(text);
        var reply = await entities.AskAsync(new ChannelRequest.Inspect(name, EntityQuestions.Tag, Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        return (reply is not null, reply is ChannelReply.Inspected { Info: var info } ? Summary(name, info, services.Self.Name) : null);
    }

    private static ChannelSummary Summary(ChannelName name, ChannelInfo info, string? owner) => new(
        name.Value, owner, info.Durability, Words.Of(info.Head), info.Feeds.Count, info.MemberCount, Math.Round(info.Rate, 2));

    private (string? Prefix, string? Node, string? After, int Limit) Filter(OperatorQuestion question) =>
        (question.Text("prefix"), question.Text("node") is { } node ? peers.Node(node).Name : null, question.Text("after"), question.Limit());
}
