using System.Collections.Concurrent;
using System.Globalization;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>Sessions: those in memory as a list, and any one of them whole.</summary>
internal sealed class SessionAnswers(OperatorServices services, EntityQuestions entities, Peers peers)
{
    /// <summary>Channels asked at a time for one session: one with many subscriptions must not be felt by others.</summary>
    private const int ChannelsAtATime = 64;

    /// <summary>For all channels of a session together.</summary>
    private static readonly TimeSpan HeadsPatience = TimeSpan.FromSeconds(1.5);

    private static readonly string[] States = ["attached", "detached", "parked"];

    public async Task<OperatorReply> OwnListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (user, node, state, after, limit) = Filter(question);
        var walk = new ResidentWalk(services.Time);
        var (page, next) = await walk.ReadAsync(
            services.Node().Steering.Residents(EntityKind.Session).Select(address => address.Key),
            after,
            limit,
            async key => await SummaryAsync(key, cancellation).ConfigureAwait(false) is { } session && Fits(session) ? session : null).ConfigureAwait(false);
        return OperatorReply.Ok(new SessionPage(page, next, []), OperatorJson.Default.SessionPage);

        bool Fits(SessionSummary session) =>
            (user is null || session.User == user) && (state is null || session.State == state) && (node is null || session.Owner == node || session.At == node);
    }

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var limit = Filter(question).Limit;
        var pages = await peers.GatherAsync(question, OwnListAsync, OperatorJson.Default.SessionPage, cancellation).ConfigureAwait(false);
        var (page, next) = ResidentWalk.Merge([.. pages.Answers.Select(page => (page.Answer.Sessions, page.Answer.Next))], session => session.Id, limit);
        return OperatorReply.Ok(new SessionPage(page, next, pages.Unreachable), OperatorJson.Default.SessionPage);
    }

    public async Task<OperatorReply> SessionAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var id = OperatorQuestion.Session(question.Arguments[0], "id");
        var address = EntityAddress.Of(id);
        var view = services.Node().Cluster.View;
        var shard = view.ShardOf(address);
        var reply = await entities.AskAsync(address, new SessionRequest.Inspect(), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        if (reply is not SessionReply.Inspected { Account: var account })
        {
            return reply is SessionReply.Unknown ? OperatorReply.NotFound($"There is no session {id}.", "id") : EntityQuestions.NoAnswer($"Session {id}", reply);
        }

        var heads = HeadsAsync(account.Subscriptions.Select(subscription => subscription.Channel), cancellation);
        var places = await PlacesAsync(question, id, account, cancellation).ConfigureAwait(false);
        var known = await heads.ConfigureAwait(false);
        return OperatorReply.Ok(
            new SessionReport(
                Summary(id, account),
                shard.Value,
                account.Attachment.Value,
                account.Connection is { } connection ? Text(connection) : null,
                Words.Time(account.Expires),
                account.StateKeys,
                [.. account.Subscriptions.Select(subscription => Report(subscription, places.GetValueOrDefault(subscription.Channel.Value), known))],
                [.. account.History.Select(happened => new SessionEvent(
                    DateTimeOffset.FromUnixTimeMilliseconds(happened.At), Words.Of(happened.What), happened.Node?.Name, happened.Why))]),
            OperatorJson.Default.SessionReport);
    }

    /// <summary>How far a connection of this node is for a session.</summary>
    public async Task<OperatorReply> ConnectionAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var session = OperatorQuestion.Session(question.Text("session") ?? "");
        var number = question.Number("connection", 0, long.MaxValue) ?? 0;
        var account = await services.Node().Connections.InspectAsync(new ConnectionId(number), cancellation).ConfigureAwait(false);
        var part = account is null || account.Session != session
            ? new ConnectionPart(false, null, [])
            : new ConnectionPart(true, Text(account.Connection), [.. account.Subscriptions.Select(place =>
                new ConnectionPart.Place(place.Channel.Value, Words.Of(place.Position), place.IsBehind ? "catching-up" : "live"))]);
        return OperatorReply.Ok(part, PeerJson.Default.ConnectionPart);
    }

    private static SubscriptionReport Report(SubscriptionAccount stored, ConnectionPart.Place? place, ConcurrentDictionary<ChannelName, StreamPosition> heads)
    {
        var position = place?.Position is { } live && StreamPosition.TryParse(live, out var at) ? at : stored.Position;
        StreamPosition? head = heads.TryGetValue(stored.Channel, out var known) ? known : null;

        // Positions of two lives of a log have no distance. A head that is asked for after the position may be ahead of it, never behind.
        long? lag = position is { } from && head is { } to && from.Epoch == to.Epoch ? Math.Max(0, to.Offset - from.Offset) : null;
        return new SubscriptionReport(stored.Channel.Value, Words.Of(position), Words.Of(head), lag, place?.Mode ?? "stored", stored.IsPresent);
    }

    private async Task<Dictionary<string, ConnectionPart.Place>> PlacesAsync(
        OperatorQuestion question, SessionId id, SessionAccount account, CancellationToken cancellation)
    {
        var view = services.Node().Cluster.View;
        if (account.Node is not { } at || account.Connection is not { } connection || view.Find(at) is not { } row)
        {
            return [];
        }

        var asked = question with
        {
            Path = [OperatorRoutes.Peer, "connection"],
            Query = new Dictionary<string, string> { ["session"] = id.ToString(), ["connection"] = Text(connection) },
        };
        var reply = peers.IsSelf(row)
            ? await ConnectionAsync(asked, cancellation).ConfigureAwait(false)
            : await peers.PassOnAsync(at, asked, isAction: false, cancellation).ConfigureAwait(false);
        return reply.IsSuccess ? reply.Read(PeerJson.Default.ConnectionPart)!.Places.ToDictionary(place => place.Channel) : [];
    }

    /// <summary>Heads of those channels that have one and say so in time.</summary>
    private async Task<ConcurrentDictionary<ChannelName, StreamPosition>> HeadsAsync(IEnumerable<ChannelName> channels, CancellationToken cancellation)
    {
        var heads = new ConcurrentDictionary<ChannelName, StreamPosition>();
        using var deadline = new CancellationTokenSource(HeadsPatience, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await Parallel.ForEachAsync(
                channels.Where(channel => services.Namespaces.TryFind(channel, out var space) && space.KeepsLog),
                new ParallelOptions { MaxDegreeOfParallelism = ChannelsAtATime, CancellationToken = either.Token },
                async (channel, token) =>
                {
                    var reply = await entities.AskAsync(EntityAddress.Of(channel), new ChannelRequest.Inspect(Brief: true), HeadsPatience, token).ConfigureAwait(false);
                    if (reply is ChannelReply.Inspected { Account.Head: { } head })
                    {
                        heads[channel] = head;
                    }
                }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // What was answered until now is told; the others are not known.
        }

        return heads;
    }

    private async Task<SessionSummary?> SummaryAsync(string key, CancellationToken cancellation)
    {
        var reply = await entities.AskAsync(
            new EntityAddress(EntityKind.Session, key), new SessionRequest.Inspect(Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        return reply is SessionReply.Inspected { Account: var account } && SessionId.TryParse(key, out var id) ? Summary(id, account) : null;
    }

    private SessionSummary Summary(SessionId id, SessionAccount account)
    {
        var view = services.Node().Cluster.View;
        return new SessionSummary(
            id.ToString(),
            account.User?.Value,
            Words.Of(account.Phase),
            view.OwnerOf(view.ShardOf(EntityAddress.Of(id)))?.Profile.Name.Name ?? services.Self.Name,
            account.Node?.Name,
            account.SubscriptionCount,
            Words.Time(account.Since));
    }

    private (string? User, string? Node, string? State, string? After, int Limit) Filter(OperatorQuestion question) => (
        question.Text("user"),
        question.Text("node") is { } node ? peers.Find(node).Profile.Name.Name : null,
        question.OneOf("state", States),
        question.Text("after") is { } after ? OperatorQuestion.Session(after, "after").ToString() : null,
        question.Limit());

    private static string Text(ConnectionId connection) => connection.Value.ToString(CultureInfo.InvariantCulture);
}
