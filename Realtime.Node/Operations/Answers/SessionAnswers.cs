using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Feeds;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Operations.Answers;

/// <summary>Sessions: those in memory as a list, and any one of them whole.</summary>
internal sealed class SessionAnswers(OperatorServices services, NodeAnswers nodes, EntityQuestions entities)
{
    /// <summary>Channels asked at a time for one session: one with many subscriptions must not be felt by others.</summary>
    private const int ChannelsAtATime = 64;

    /// <summary>For all channels of a session together.</summary>
    private static readonly TimeSpan HeadsPatience = TimeSpan.FromSeconds(1.5);

    private static readonly string[] States = ["attached", "detached", "parked"];

    public async Task<OperatorReply> ListAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var user = question.Text("user");
        var state = question.OneOf("state", States);
        var after = question.Text("after") is { } text ? OperatorQuestion.Session(text, "after").ToString() : null;
        var limit = question.Limit();
        if (question.Text("node") is { } node)
        {
            nodes.CheckSelf(node);
        }

        var (ids, isWhole) = await Residents.ListAsync(services.Node().Sessions, cancellation).ConfigureAwait(false);
        var walk = new ResidentWalk(services.Time);
        var (page, next) = await walk.ReadAsync(
            ids,
            after,
            limit,
            async id =>
            {
                var (answered, session) = await SummaryAsync(id, cancellation).ConfigureAwait(false);
                return (answered, session is not null && Fits(session) ? session : null);
            }).ConfigureAwait(false);
        return OperatorReply.Ok(new SessionPage(page, next, isWhole && !walk.HasMissed ? [] : [services.Self.Name]), OperatorJson.Default.SessionPage);

        bool Fits(SessionSummary session) => (user is null || session.User == user) && (state is null || session.State == state);
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
        var places = await PlacesAsync(id, info, cancellation).ConfigureAwait(false);
        var known = await heads.ConfigureAwait(false);
        return OperatorReply.Ok(
            new SessionReport(
                Summary(id, info),
                EntityShards.Number(EntityIds.Of(id)),
                Words.Of(info.Attachment),
                info.Connection?.Value.ToString(CultureInfo.InvariantCulture),
                Words.Time(info.Expires),
                info.StateKeys,
                [.. info.Subscriptions.Select(subscription => Report(subscription, places.GetValueOrDefault(subscription.Channel), known))],
                [.. info.History.Select(happened => new SessionEvent(
                    DateTimeOffset.FromUnixTimeMilliseconds(happened.At), Words.Of(happened.What), happened.Node?.Name, happened.Why))]),
            OperatorJson.Default.SessionReport);
    }

    private static SubscriptionReport Report(SubscriptionAccount stored, LiveSubscription? live, ConcurrentDictionary<ChannelName, StreamPosition> heads)
    {
        var position = live?.Position ?? stored.Position;
        StreamPosition? head = heads.TryGetValue(stored.Channel, out var known) ? known : null;

        // Positions of two lives of a log have no distance. A head that is asked for after the position may be ahead of it, never behind.
        long? lag = position is { } from && head is { } to && from.Epoch == to.Epoch ? Math.Max(0, to.Offset - from.Offset) : null;
        var mode = live is null ? "stored" : live.IsBehind ? "catching-up" : "live";
        return new SubscriptionReport(stored.Channel.Value, Words.Of(position), Words.Of(head), lag, mode, stored.IsPresent);
    }

    /// <summary>How far the session's connection is, as its feeds say; empty when it has none, or that is busy.</summary>
    private async Task<Dictionary<ChannelName, LiveSubscription>> PlacesAsync(SessionId id, SessionInfo info, CancellationToken cancellation)
    {
        if (info.Connection is not { } connection)
        {
            return [];
        }

        try
        {
            var found = await services.Node().Connections.InspectAsync(connection, cancellation).ConfigureAwait(false);
            return found is not null && found.Session == id ? found.Subscriptions.ToDictionary(live => live.Channel) : [];
        }
        catch (AskTimeoutException)
        {
            return [];
        }
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

    private async Task<(bool Answered, SessionSummary? Entry)> SummaryAsync(string text, CancellationToken cancellation)
    {
        if (!SessionId.TryParse(text, out var id))
        {
            return (true, null);
        }

        var reply = await entities.AskAsync(new SessionRequest.Inspect(id, EntityQuestions.Tag, Brief: true), EntityQuestions.Patience, cancellation).ConfigureAwait(false);
        return (reply is not null, reply is SessionReply.Inspected { Info: var info } ? Summary(id, info) : null);
    }

    private SessionSummary Summary(SessionId id, SessionInfo info) => new(
        id.ToString(), info.User?.Value, Words.Of(info.Phase), services.Self.Name, info.Node?.Name, info.SubscriptionCount, Words.Time(info.Since));
}
