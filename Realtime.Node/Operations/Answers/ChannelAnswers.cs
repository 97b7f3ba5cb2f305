using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>Channels: those in memory as a list, and any one of them whole.</summary>
internal sealed class ChannelAnswers(OperatorServices services, ShardAnswers shards, EntityQuestions entities, Peers peers)
{
    public async Task<OperatorReply> OwnListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (prefix, node, after, limit) = Filter(question);
        var walk = new ResidentWalk(services.Time);
        var names = node is null || node == services.Self.Name
            ? services.Node().Steering.Residents(EntityKind.Channel).Select(address => address.Key)
            : [];
        var (page, next) = await walk.ReadAsync(
            names.Where(name => prefix is null || name.StartsWith(prefix, StringComparison.Ordinal)), after, limit, name => SummaryAsync(name, cancellation)).ConfigureAwait(false);
        return OperatorReply.Ok(new ChannelPage(page, next, []), OperatorJson.Default.ChannelPage);
    }

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var limit = Filter(question).Limit;
        var pages = await peers.GatherAsync(question, OwnListAsync, OperatorJson.Default.ChannelPage, cancellation).ConfigureAwait(false);
        var (page, next) = ResidentWalk.Merge([.. pages.Answers.Select(page => (page.Answer.Channels, page.Answer.Next))], channel => channel.Name, limit);
        return OperatorReply.Ok(new ChannelPage(page, next, pages.Unreachable), OperatorJson.Default.ChannelPage);
    }

    public async Task<OperatorReply> ChannelAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var name = shards.Known(OperatorQuestion.Channel(question.Arguments[0], "name"));
        var address = EntityAddress.Of(name);
        var reply = await entities.AskAsync(address, new ChannelRequest.Inspect(), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        if (reply is not ChannelReply.Inspected { Account: var account })
        {
            return EntityQuestions.NoAnswer($"Channel {name}", reply);
        }

        var subscribers = await Task.WhenAll(account.Listeners.Select(node => SubscribersAsync(question, node, name, cancellation))).ConfigureAwait(false);
        return OperatorReply.Ok(
            new ChannelReport(
                Summary(name.Value, account),
                services.Node().Cluster.View.ShardOf(address).Value,
                Words.Of(account.Tail),
                account.Pending,
                [.. subscribers.OrderBy(node => node.Node, StringComparer.Ordinal)],
                [.. account.Members.Select(member => new ChannelMember(member.Session.ToString(), member.User?.Value))]),
            OperatorJson.Default.ChannelReport);
    }

    /// <summary>How many subscribers of a channel this node has.</summary>
    public Task<OperatorReply> OwnSubscribersAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (count, behind) = services.Node().Relay.SubscribersOf(OperatorQuestion.Channel(question.Text("channel") ?? ""));
        return Task.FromResult(OperatorReply.Ok(new ChannelSubscribers(services.Self.Name, count, behind), PeerJson.Default.ChannelSubscribers));
    }

    private async Task<ChannelSubscribers> SubscribersAsync(OperatorQuestion question, NodeId node, ChannelName channel, CancellationToken cancellation)
    {
        var asked = question with
        {
            Path = [OperatorRoutes.Peer, "subscribers"],
            Query = new Dictionary<string, string> { ["channel"] = channel.Value },
        };
        var reply = node == services.Self
            ? await OwnSubscribersAsync(asked, cancellation).ConfigureAwait(false)
            : await peers.PassOnAsync(node, asked, isAction: false, cancellation).ConfigureAwait(false);
        return (reply.IsSuccess ? reply.Read(PeerJson.Default.ChannelSubscribers) : null) ?? new ChannelSubscribers(node.Name, null, null);
    }

    private async Task<ChannelSummary?> SummaryAsync(string name, CancellationToken cancellation)
    {
        var reply = await entities.AskAsync(
            new EntityAddress(EntityKind.Channel, name), new ChannelRequest.Inspect(Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        return reply is ChannelReply.Inspected { Account: var account } ? Summary(name, account) : null;
    }

    private ChannelSummary Summary(string name, ChannelAccount account)
    {
        var view = services.Node().Cluster.View;
        var owner = view.OwnerOf(view.ShardOf(EntityAddress.Of(ChannelName.FromStore(name))))?.Profile.Name.Name ?? services.Self.Name;
        return new ChannelSummary(name, owner, account.Durability, Words.Of(account.Head), account.Listeners.Count, account.MemberCount, Math.Round(account.Rate, 2));
    }

    private (string? Prefix, string? Node, string? After, int Limit) Filter(OperatorQuestion question) => (
        question.Text("prefix"),
        question.Text("node") is { } node ? peers.Find(node).Profile.Name.Name : null,
        question.Text("after"),
        question.Limit());
}
