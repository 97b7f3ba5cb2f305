using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Feeds;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>Channels: those in memory as a list, and any one of them whole.</summary>
internal sealed class ChannelAnswers(OperatorServices services, NodeAnswers nodes, ShardAnswers shards, EntityQuestions entities)
{
    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var prefix = question.Text("prefix");
        var after = question.Text("after");
        var limit = question.Limit();
        if (question.Text("node") is { } node)
        {
            nodes.CheckSelf(node);
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
        var counting = SubscribersAsync(name, cancellation);
        var reply = await entities.InspectAsync(services.Namespaces.Of(name), name, isBrief: false, cancellation).ConfigureAwait(false);
        var subscribers = await counting.ConfigureAwait(false);
        if (reply is not ChannelReply.Inspected { Info: var info })
        {
            return EntityQuestions.NoAnswer($"Channel {name}", reply);
        }

        return OperatorReply.Ok(
            new ChannelReport(
                Summary(name, info),
                EntityShards.Number(EntityIds.Of(name)),
                Words.Of(info.Tail),
                info.Pending,
                subscribers.Count == 0 ? [] : [subscribers],
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

    /// <summary>Of this node, whose feeds say it.</summary>
    private async Task<ChannelSubscribers> SubscribersAsync(ChannelName channel, CancellationToken cancellation)
    {
        try
        {
            var count = await services.Node().Feeds.Ask<ChannelSubscriberCount>(
                new FeedCommand.CountSubscribers(channel), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
            return new ChannelSubscribers(services.Self.Name, count.Total, count.Behind);
        }
        catch (AskTimeoutException)
        {
            return new ChannelSubscribers(services.Self.Name, null, null);
        }
    }

    private async Task<(bool Answered, ChannelSummary? Entry)> SummaryAsync(string text, CancellationToken cancellation)
    {
        var name = ChannelName.FromStore(text);
        var reply = await entities.AskAsync(new ChannelRequest.Inspect(name, EntityQuestions.Tag, Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        return (reply is not null, reply is ChannelReply.Inspected { Info: var info } ? Summary(name, info) : null);
    }

    private ChannelSummary Summary(ChannelName name, ChannelInfo info) => new(
        name.Value, services.Self.Name, info.Durability, Words.Of(info.Head), info.Feeds.Count, info.MemberCount, Math.Round(info.Rate, 2));
}
