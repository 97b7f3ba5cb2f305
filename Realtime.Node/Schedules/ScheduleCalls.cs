using System.Text.Json;
using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules.Core;

namespace Realtime.Node.Schedules;

/// <summary>Scheduled publishes as any node asks for them; one node of the cluster keeps them.</summary>
/// <param name="scheduler">Asked for with each request: the node starts later than this is made.</param>
internal sealed class ScheduleCalls(Func<IActorRef> scheduler, Publisher publisher, ScheduleBounds bounds, TimeProvider time) : IPublishScheduler
{
    /// <summary>Of a page.</summary>
    public const int MostLimit = 100;

    private const int GatewayTimeout = 504;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    private static readonly Dictionary<string, ErrorCode> Codes = ErrorRegistry.All.ToDictionary(entry => entry.Name, entry => entry.Code, StringComparer.Ordinal);

    public async Task<PublishResult> ScheduleAsync(PublishItem item, ChannelName channel, IPublishCaller caller)
    {
        var due = item.At!.Value;
        var fault = publisher.Check(item, channel, caller)
            ?? (bounds.Against(due, time.GetUtcNow().ToUnixTimeMilliseconds()) is { } why ? new RequestFault(ErrorCode.BadRequest, why, "at") : null);
        if (fault is not null)
        {
            return new PublishResult(channel, null, fault);
        }

        var (json, refused) = await AskAsync(new ScheduleQuestion.Make(channel, due, caller.Id, item), CancellationToken.None).ConfigureAwait(false);
        var made = refused is null ? JsonSerializer.Deserialize(json.Span, OperatorJson.Default.ScheduleReport) : null;
        return new PublishResult(channel, null, refused) { Scheduled = made is null ? null : new Scheduled(made.Id, made.At) };
    }

    /// <returns>Where there is none, why.</returns>
    public async Task<(ScheduleReport? Report, RequestFault? Fault)> FindAsync(string id, CancellationToken cancellation)
    {
        if (!ScheduleId.TryParse(id, out var known))
        {
            return (null, Missing());
        }

        var (json, fault) = await AskAsync(new ScheduleQuestion.Find(known), cancellation).ConfigureAwait(false);
        return fault is null ? (JsonSerializer.Deserialize(json.Span, OperatorJson.Default.ScheduleReport), null) : (null, fault);
    }

    /// <returns>Null: it is cancelled, and will not be published.</returns>
    public async Task<RequestFault?> CancelAsync(string id, IPublishCaller caller, CancellationToken cancellation)
    {
        var (report, fault) = await FindAsync(id, cancellation).ConfigureAwait(false);
        if (report is null)
        {
            return fault;
        }

        if (!ChannelName.TryParse(report.Channel, out var channel, out _) || !caller.Reaches(channel))
        {
            return new RequestFault(ErrorCode.Forbidden, "This key is not for that channel.", "id");
        }

        _ = ScheduleId.TryParse(id, out var known);
        return (await AskAsync(new ScheduleQuestion.Cancel(known), cancellation).ConfigureAwait(false)).Fault;
    }

    /// <param name="state">As a report names it; null: any.</param>
    /// <param name="after">Of the page before; null: from the first on.</param>
    public async Task<(SchedulePage? Page, RequestFault? Fault)> ListAsync(string prefix, string? state, string? after, int limit, CancellationToken cancellation)
    {
        ScheduleState? only = null;
        if (state is not null)
        {
            if (!ScheduleReports.TryState(state, out var known))
            {
                return (null, new RequestFault(ErrorCode.BadRequest, "state must be pending, firing, fired, refused, expired, cancelled or unknown.", "state"));
            }

            only = known;
        }

        var cursor = default((long, long));
        if (after is not null && !ScheduleQuestion.TryCursor(after, out cursor))
        {
            return (null, new RequestFault(ErrorCode.BadRequest, "after must be what the page before said.", "after"));
        }

        var (json, fault) = await AskAsync(
            new ScheduleQuestion.List(prefix, only, after is null ? null : cursor, Math.Clamp(limit, 1, MostLimit)), cancellation).ConfigureAwait(false);
        return fault is null ? (JsonSerializer.Deserialize(json.Span, OperatorJson.Default.SchedulePage), null) : (null, fault);
    }

    internal static RequestFault Missing() => new(ErrorCode.NotFound, "There is no such schedule, or it is over for long.", "id");

    private async Task<(ReadOnlyMemory<byte> Json, RequestFault? Fault)> AskAsync(ScheduleQuestion question, CancellationToken cancellation)
    {
        try
        {
            var part = await scheduler().Ask<Inquiry.Part>(question.ToInquiry(), Patience, cancellation).ConfigureAwait(false);
            if (part.Status == 200)
            {
                return (part.Bytes.Bytes, null);
            }

            var error = JsonSerializer.Deserialize(part.Bytes.Bytes.Span, OperatorJson.Default.OperatorError);
            return (default, new RequestFault(Codes.GetValueOrDefault(error?.Error ?? "", ErrorCode.Internal), error?.Message ?? "It was not answered.", error?.Field)
            {
                RetryAfter = part.Status == 503 ? 1000 : null, Outcome = part.Status == GatewayTimeout ? Outcome.Unknown : Outcome.None,
            });
        }
        catch (AskTimeoutException)
        {
            return (default, new RequestFault(ErrorCode.Timeout, "The node that keeps the schedules did not answer in time; it may have been done. With an idempotency key it is safe to repeat.", null)
            {
                RetryAfter = 1000, Outcome = Outcome.Unknown,
            });
        }
    }
}
