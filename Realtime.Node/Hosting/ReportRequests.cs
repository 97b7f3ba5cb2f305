using System.Collections.Concurrent;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Asking;
using Realtime.Node.Events;

namespace Realtime.Node.Hosting;

/// <summary>Asks sessions and channels for a report of what a reader of the reports believes of them: an owner that was lost may not have said that it is not so any more. To ask twice is harmless.</summary>
internal sealed class ReportRequests(ChannelAsks channels, SessionAsks sessions, TimeProvider time)
{
    /// <summary>Each that is asked may be read from the store, beside all else that a cluster does that has just lost a node.</summary>
    private const int AtATime = 64;

    private const int Rounds = 10;

    /// <summary>Milliseconds. Sessions that began earlier before the last one have a record, and the sweep of idle sessions finds them.</summary>
    private const long Young = 15 * 60 * 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <param name="stand">How things stand, as <see cref="EventFold.Save"/> says.</param>
    /// <exception cref="TimeoutException">Some have not answered.</exception>
    public async Task AskAsync(IReadOnlyList<EventReport> stand, CancellationToken cancellation)
    {
        var open = Requests(stand);
        for (var round = 1; open.Count > 0; round++)
        {
            var unanswered = new ConcurrentBag<object>();
            var pace = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation };
            await Parallel.ForEachAsync(
                open,
                pace,
                async (request, stop) =>
                {
                    if (!await AskAsync(request, stop).ConfigureAwait(false))
                    {
                        unanswered.Add(request);
                    }
                }).ConfigureAwait(false);
            open = [.. unanswered];
            if (open.Count > 0)
            {
                if (round == Rounds)
                {
                    throw new TimeoutException($"{open.Count} sessions and channels have not said that they report how they stand.");
                }

                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static List<object> Requests(IReadOnlyList<EventReport> stand)
    {
        var opened = stand.Where(report => report.Kind is EventKind.SessionOpened).ToList();
        var newest = opened.Max(report => report.Since) ?? 0;
        return
        [
            .. opened.Where(report => report.Since is not { } since || since >= newest - Young).Select(report => new SessionRequest.Report(report.Session, SessionAsks.Tag)),
            .. stand.Where(report => report.Channel is not null).GroupBy(report => report.Channel!.Value).SelectMany(OfChannel),
        ];
    }

    private static IEnumerable<ChannelRequest.Report> OfChannel(IGrouping<ChannelName, EventReport> stand)
    {
        var members = stand.Where(report => !report.Session.IsNone).Select(report => report.Session).Chunk(ChannelRequest.Report.MostMembers).ToList();
        return members.DefaultIfEmpty([]).Select(page => new ChannelRequest.Report(stand.Key, ChannelAsks.Tag, page));
    }

    /// <returns>Whether it has taken it over, or never will.</returns>
    private async Task<bool> AskAsync(object request, CancellationToken cancellation) => request switch
    {
        SessionRequest.Report session => await sessions.RepeatAsync(session, Patience, cancellation).ConfigureAwait(false) is SessionReply.Done,
        ChannelRequest.Report channel => await channels.RepeatAsync(channel, Patience, cancellation).ConfigureAwait(false) is ChannelReply.Noted or ChannelReply.Refused { RetryAfter: null },
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "is no request for a report"),
    };
}
