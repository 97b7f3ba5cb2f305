using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Cluster;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>Sessions: those in memory as a list, and any one of them whole.</summary>
internal sealed class SessionAnswers(OperatorServices services, ShardAnswers shards, EntityQuestions entities, Peers peers)
{
    /// <summary>Channels asked at a time for one session: one with many subscriptions must not be felt by others.</summary>
    private const int ChannelsAtATime = 64;

    /// <summary>For all channels of a session together.</summary>
    private static readonly TimeSpan HeadsPatience = TimeSpan.FromSeconds(1.5);

    private static readonly string[] States = ["attached", "detached", "parked"];

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var limit = Filter(question).Limit;
        var pages = await peers.GatherAsync(question, OwnListAsync, OperatorJson.Default.SessionPage, cancellation).ConfigureAwait(false);
        var (page, next) = ResidentWalk.Merge([.. pages.Answers.Select(page => (page.Answer.Sessions, page.Answer.Next))], session => session.Id, limit);
        return OperatorReply.Ok(new SessionPage(page, next, pages.Missing(static page => page.Unreachable)), OperatorJson.Default.SessionPage);
    }

    /// <summary>Of the shards of this node.</summary>
    public async Task<OperatorReply> OwnListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (user, node, state, after, limit) = Filter(question);
        var (ids, isWhole) = await Residents.ListAsync(services.Node().Sessions, cancellation).ConfigureAwait(false);
        var walk = new ResidentWalk(services.Time);
        var (page, next) = await walk.ReadAsync(
            ids,
            after,
            limit,
            async id =>
            {
                var (answered, session) = await OwnSummaryAsync(id, cancellation).ConfigureAwait(false);
                return (answered, session is not null && Fits(session) ? session : null);
            }).ConfigureAwait(false);
        return OperatorReply.Ok(new SessionPage(page, next, isWhole && !walk.HasMissed ? [] : [services.Self.Name]), OperatorJson.Default.SessionPage);

        bool Fits(SessionSummary session) =>
            (user is null || session.User == user) && (state is null || session.State == state) && (node is null || session.Owner == node || session.At == node);
    }

    public async Task<OperatorReply> SessionAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var id = OperatorQuestion.Session(question.Arguments[0], "id");
        var reply = await entities.AskAsync(new SessionRequest.Inspect(id, EntityQuestions.Tag), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        if (reply is not SessionReply.Inspected { Info: var info })
        {
            return reply is SessionReply.Unknown ? OperatorReply.NotFound($"There is no session {id}.", "id") : EntityQuestions.NoAnswer($"Session {id}", reply);
        }

        var heads = HeadsAsync(info.Subscriptions.Select(subscription => subscription.Channel), cancellation);
        var places = await PlacesAsync(question, id, info, cancellation).ConfigureAwait(false);
        var known = await heads.ConfigureAwait(false);
        return OperatorReply.Ok(
            new SessionReport(
                Summary(id, info, shards.Owner(EntityKind.Session, EntityShards.Number(EntityIds.Of(id)))),
                EntityShards.Number(EntityIds.Of(id)),
                Words.Of(info.Attachment),
                info.Connection?.Value.ToString(CultureInfo.InvariantCulture),
                Words.Time(info.Expires),
                info.StateKeys,
                [.. info.Subscriptions.Select(subscription => Report(subscription, places.GetValueOrDefault(subscription.Channel.Value), known))],
                [.. info.History.Select(happened => new SessionEvent(
                    DateTimeOffset.FromUnixTimeMilliseconds(happened.At), Words.Of(happened.What), happened.Node?.Name, happened.Why))]),
            OperatorJson.Default.SessionReport);
    }

    private static SubscriptionReport Report(SubscriptionAccount stored, ConnectionPart.Place? live, ConcurrentDictionary<ChannelName, StreamPosition> heads)
    {
        var position = live?.Position is { } text && StreamPosition.TryParse(text, out var at) ? at : stored.Position;
        StreamPosition? head = heads.TryGetValue(stored.Channel, out var known) ? known : null;

        // Positions of two lives of a log have no distance. A head that is asked for after the position may be ahead of it, never behind.
        long? lag = position is { } from && head is { } to && from.Epoch == to.Epoch ? Math.Max(0, to.Offset - from.Offset) : null;
        var mode = live is null ? "stored" : live.IsBehind ? "catching-up" : "live";
        return new SubscriptionReport(stored.Channel.Value, Words.Of(position), Words.Of(head), lag, mode, stored.IsPresent);
    }

    /// <summary>How far a session's connection on this node is, as its feeds say.</summary>
    public async Task<OperatorReply> ConnectionAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var session = OperatorQuestion.Session(question.Text("session") ?? "");
        var connection = long.TryParse(question.Text("connection"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ConnectionId(number)
            : throw OperatorQuestion.Bad("connection must be a number.", "connection");
        try
        {
            var found = await services.Node().Connections.InspectAsync(connection, cancellation).ConfigureAwait(false);
            return found is not null && found.Session == session
                ? OperatorReply.Ok(
                    new ConnectionPart([.. found.Subscriptions.Select(live => new ConnectionPart.Place(live.Channel.Value, Words.Of(live.Position), live.IsBehind))]),
                    MemberJson.Default.ConnectionPart)
                : OperatorReply.NotFound("No connection of this node holds the session.", "connection");
        }
        catch (AskTimeoutException)
        {
            return OperatorReply.Unavailable("The connection is too busy to answer.");
        }
    }

    /// <summary>How far the session's connection is, wherever it is; empty when it has none, or that is busy.</summary>
    private async Task<Dictionary<string, ConnectionPart.Place>> PlacesAsync(
        OperatorQuestion question, SessionId id, SessionInfo info, CancellationToken cancellation)
    {
        if (info is not { Connection: { } connection, Node: { } at })
        {
            return [];
        }

        var asked = question.Inside("connection", ("session", id.ToString()), ("connection", connection.Value.ToString(CultureInfo.InvariantCulture)));
        var reply = at == services.Self
            ? await ConnectionAsync(asked, cancellation).ConfigureAwait(false)
            : await peers.PassOnAsync(at, asked, isAction: false, cancellation).ConfigureAwait(false);
        return reply.IsSuccess && reply.Read(MemberJson.Default.ConnectionPart) is { } part ? part.Places.ToDictionary(place => place.Channel) : [];
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
                    var reply = await entities.InspectAsync(services.Namespaces.Of(channel), channel, isBrief: true, token).ConfigureAwait(false);
                    if (reply is ChannelReply.Inspected { Info.Head: { } head })
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

    private async Task<(bool Answered, SessionSummary? Entry)> OwnSummaryAsync(string text, CancellationToken cancellation)
    {
        if (!SessionId.TryParse(text, out var id))
        {
            return (true, null);
        }

        var reply = await entities.AskAsync(new SessionRequest.Inspect(id, EntityQuestions.Tag, Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        return (reply is not null, reply is SessionReply.Inspected { Info: var info } ? Summary(id, info, services.Self.Name) : null);
    }

    private static SessionSummary Summary(SessionId id, SessionInfo info, string? owner) => new(
        id.ToString(), info.User?.Value, Words.Of(info.Phase), owner, info.Node?.Name, info.SubscriptionCount, Words.Time(info.Since));

    private (string? User, string? Node, string? State, string? After, int Limit) Filter(OperatorQuestion question) => (
        question.Text("user"),
        question.Text("node") is { } node ? peers.Node(node).Name : null,
        question.OneOf("state", States),
        question.Text("after") is { } after ? OperatorQuestion.Session(after, "after").ToString() : null,
        question.Limit());
}
