using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Asking;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>Asks through the regions, some at a time, each until it has taken the question over.</summary>
internal sealed class ReportRequests(ChannelAsks channels, SessionAsks sessions, TimeProvider time) : IReportRequests
{
    private const long Tag = 1;
    private const int AtATime = 64;

    /// <summary>Milliseconds. Sessions that began so long before the last one have a record: the sweep of idle sessions finds what they have not reported, and to read them all would cost the store what it has just now.</summary>
    private const long Young = 15 * 60 * 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    public Task AskAsync(IReadOnlyList<EventReport> stand, CancellationToken cancellation)
    {
        var opened = stand.Where(report => report.Channel is null).ToList();
        var newest = opened.Max(report => report.Since) ?? 0;
        var asked = opened.Where(report => report.Since is not { } since || since >= newest - Young).Select(report => report.Session).Distinct()
            .Select<SessionId, Func<Task<bool>>>(session => () => AskAsync(session)).ToList();
        foreach (var channel in stand.Where(report => report.Channel is not null).GroupBy(report => report.Channel!.Value))
        {
            var members = channel.Where(report => report.Kind is EventKind.MemberJoined).Select(report => report.Session).ToList();
            asked.AddRange(Parts(members).Select<IReadOnlyList<SessionId>, Func<Task<bool>>>(part => () => AskAsync(channel.Key, part)));
        }

        return Parallel.ForEachAsync(
            asked,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
            async (ask, cancelled) =>
            {
                while (!await ask().ConfigureAwait(false))
                {
                    await Task.Delay(Again, time, cancelled).ConfigureAwait(false);
                }
            });
    }

    private static IEnumerable<IReadOnlyList<SessionId>> Parts(List<SessionId> members) => members.Count == 0 ? [[]] : members.Chunk(ChannelRequest.Report.MostMembers);

    private async Task<bool> AskAsync(SessionId session) =>
        await sessions.AskAsync(new SessionRequest.Report(session, Tag), Patience).ConfigureAwait(false) is SessionReply.Done;

    private async Task<bool> AskAsync(ChannelName channel, IReadOnlyList<SessionId> members) =>
        await channels.AskAsync(new ChannelRequest.Report(channel, Tag, members), Patience).ConfigureAwait(false)
            is ChannelReply.Noted or ChannelReply.Refused { Code: Messages.Errors.ErrorCode.NotFound };
}
