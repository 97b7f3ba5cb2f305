using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Messages.Positions;
using Realtime.Node.Asking;
using Realtime.Node.Auth;
using Realtime.Node.Namespaces;
using Realtime.Node.Publishing;
using Realtime.Node.Schedules;

namespace Realtime.Node.Application;

/// <summary>Publishes and acts for the host application.</summary>
/// <param name="revocations">Asked for with each revocation: the node starts after its application is built.</param>
internal sealed class RealtimeBackend(
    Publisher publisher, ScheduleCalls schedules, SessionActions sessions, NamespaceTable namespaces, Func<IRevocations> revocations, JsonSerializerOptions json) : IRealtime
{
    private const int LongestReason = 200;

    /// <summary>As the audit has it.</summary>
    private static readonly (string Who, string From) By = ("the application", "");

    public async Task<string?> PublishAsync<T>(string channel, T data, PublishSettings? settings = null, CancellationToken cancellation = default) =>
        await PublishAsync(Item([Channel(channel, nameof(channel))], data, settings), cancellation).ConfigureAwait(false);

    public async Task<string?> PublishToUserAsync<T>(string user, T data, PublishSettings? settings = null, CancellationToken cancellation = default) =>
        await PublishAsync(Item([PersonalChannel(user)], data, settings), cancellation).ConfigureAwait(false);

    public async Task<string?> PublishToSessionAsync<T>(string session, T data, PublishSettings? settings = null, CancellationToken cancellation = default)
    {
        var id = Session(session, nameof(session));
        var item = Item([ServerLogs.Channel(ServerLogs.Session, id.ToString())], data, settings);
        Check(item);
        Done(await sessions.OpenAsync(id, cancellation).ConfigureAwait(false));
        return await PublishAsync(item, cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<PublishOutcome>> PublishToManyAsync<T>(
        IReadOnlyList<string> channels, T data, PublishSettings? settings = null, CancellationToken cancellation = default)
    {
        if (channels.Count is 0 or > Publisher.MostChannels || channels.Distinct(StringComparer.Ordinal).Count() < channels.Count)
        {
            throw new ArgumentException($"A message is for 1 to {Publisher.MostChannels} channels, each named once.", nameof(channels));
        }

        if (settings?.Expected is not null)
        {
            throw new ArgumentException("A position is expected of one channel only.", nameof(settings));
        }

        var item = Item([.. channels.Select(channel => Channel(channel, nameof(channels)))], data, settings);
        return [.. (await ResultsAsync(item, cancellation).ConfigureAwait(false)).Select(result => new PublishOutcome(result.Channel!.Value.Value, result.Position?.ToString(), result.Fault is { } fault ? Refusal(fault) : null))];
    }

    public async Task<string> ScheduleAsync<T>(string channel, T data, DateTimeOffset at, PublishSettings? settings = null, CancellationToken cancellation = default) =>
        await ScheduleAsync(Item([Channel(channel, nameof(channel))], data, settings), at, cancellation).ConfigureAwait(false);

    public async Task<string> ScheduleToUserAsync<T>(string user, T data, DateTimeOffset at, PublishSettings? settings = null, CancellationToken cancellation = default) =>
        await ScheduleAsync(Item([PersonalChannel(user)], data, settings), at, cancellation).ConfigureAwait(false);

    public async Task<string> ScheduleToSessionAsync<T>(string session, T data, DateTimeOffset at, PublishSettings? settings = null, CancellationToken cancellation = default) =>
        await ScheduleAsync(Item([ServerLogs.Channel(ServerLogs.Session, Session(session, nameof(session)).ToString())], data, settings), at, cancellation).ConfigureAwait(false);

    public async Task<bool> CancelScheduleAsync(string schedule, CancellationToken cancellation = default)
    {
        var fault = await schedules.CancelAsync(schedule, ApplicationCaller.Instance, cancellation).ConfigureAwait(false);
        if (fault is { Code: ErrorCode.NotFound or ErrorCode.Conflict })
        {
            return false;
        }

        Done(fault);
        return true;
    }

    public async Task<SchedulePage> GetSchedulesAsync(string prefix = "", string? state = null, string? after = null, int limit = 100, CancellationToken cancellation = default)
    {
        var (page, fault) = await schedules.ListAsync(prefix, state, after, limit, cancellation).ConfigureAwait(false);
        if (fault is { Code: ErrorCode.BadRequest })
        {
            throw new ArgumentException(fault.Detail, fault.Field);
        }

        Done(fault);
        return page!;
    }

    public async Task SubscribeSessionAsync(string session, string channel, string? from = null, string? reason = null, CancellationToken cancellation = default) =>
        Done(await sessions.SubscribeAsync(Session(session, nameof(session)), KnownChannel(channel), Position(from, nameof(from)), Reason(reason), cancellation).ConfigureAwait(false));

    public async Task UnsubscribeSessionAsync(string session, string channel, string? reason = null, CancellationToken cancellation = default) =>
        Done(await sessions.UnsubscribeAsync(Session(session, nameof(session)), KnownChannel(channel), Reason(reason), cancellation).ConfigureAwait(false));

    public async Task<int> SubscribeUserAsync(string user, string channel, string? from = null, string? reason = null, CancellationToken cancellation = default)
    {
        var (name, position) = (KnownChannel(channel), Position(from, nameof(from)));
        return await ForUserAsync(user, reason, session => sessions.SubscribeAsync(session, name, position, reason, cancellation), cancellation).ConfigureAwait(false);
    }

    public async Task<int> UnsubscribeUserAsync(string user, string channel, string? reason = null, CancellationToken cancellation = default)
    {
        var name = KnownChannel(channel);
        return await ForUserAsync(user, reason, session => sessions.UnsubscribeAsync(session, name, reason, cancellation), cancellation).ConfigureAwait(false);
    }

    public async Task DisconnectSessionAsync(string session, bool reconnect = false, string? reason = null, CancellationToken cancellation = default) =>
        Done(await sessions.DisconnectAsync(By, Session(session, nameof(session)), new OperatorActions.Disconnect(reconnect, Reason(reason)), cancellation).ConfigureAwait(false));

    public async Task<int> DisconnectUserAsync(string user, bool reconnect = false, string? reason = null, CancellationToken cancellation = default) =>
        await ForUserAsync(user, reason, session => sessions.DisconnectAsync(By, session, new OperatorActions.Disconnect(reconnect, reason), cancellation), cancellation).ConfigureAwait(false);

    public async Task<DateTimeOffset> RevokeUserAsync(string user, string? reason = null, CancellationToken cancellation = default) =>
        At(await revocations().RevokeAsync(User(user), Reason(reason), cancellation).ConfigureAwait(false));

    public async Task<DateTimeOffset> RevokeSessionAsync(string session, string? reason = null, CancellationToken cancellation = default) =>
        At(await revocations().RevokeAsync(Session(session, nameof(session)), Reason(reason), cancellation).ConfigureAwait(false));

    private PublishItem Item<T>(IReadOnlyList<ChannelName> channels, T data, PublishSettings? settings)
    {
        settings ??= new PublishSettings();
        if (settings.IdempotencyKey is { } key && !Publisher.IsKey(key))
        {
            throw new ArgumentException($"An idempotency key has 1 to {Publisher.KeyLength} characters and none of them is a control character.", nameof(settings));
        }

        if (!Publisher.AreTags(settings.Tags, out var fault))
        {
            throw new ArgumentException($"{nameof(PublishSettings.Tags)} {fault}.", nameof(settings));
        }

        if (settings.TimeToLive is { } ttl && (ttl < Publisher.ShortestTimeToLive || ttl > Publisher.LongestTimeToLive))
        {
            throw new ArgumentException($"{nameof(PublishSettings.TimeToLive)} is 1 ms to {Publisher.LongestTimeToLive.TotalDays} days.", nameof(settings));
        }

        return new PublishItem(channels, new Payload(JsonSerializer.SerializeToUtf8Bytes(data, json)))
        {
            Tags = settings.Tags,
            IdempotencyKey = settings.IdempotencyKey,
            Expected = Position(settings.Expected, nameof(settings)),
            TimeToLive = settings.TimeToLive,
            Except = settings.ExceptSession is { } session ? Session(session, nameof(settings)) : default,
        };
    }

    private async Task<string?> PublishAsync(PublishItem item, CancellationToken cancellation)
    {
        Check(item);
        var result = (await ResultsAsync(item, cancellation).ConfigureAwait(false))[0];
        Done(result.Fault);
        return result.Position?.ToString();
    }

    private async Task<string> ScheduleAsync(PublishItem item, DateTimeOffset at, CancellationToken cancellation)
    {
        Check(item);
        var result = (await ResultsAsync(item with { At = at.ToUnixTimeMilliseconds() }, cancellation).ConfigureAwait(false))[0];
        if (result.Fault is { Code: ErrorCode.BadRequest } wrong)
        {
            throw new ArgumentException(wrong.Detail, wrong.Field);
        }

        Done(result.Fault);
        return result.Scheduled!.Id;
    }

    private async Task<IReadOnlyList<PublishResult>> ResultsAsync(PublishItem item, CancellationToken cancellation)
    {
        var gathering = new Gathering(schedules);
        gathering.Add(publisher, item, ApplicationCaller.Instance);
        await gathering.PublishAsync(publisher).WaitAsync(cancellation).ConfigureAwait(false);
        return gathering.Results;
    }

    /// <summary>What can never be published is a mistake of the caller.</summary>
    private void Check(PublishItem item)
    {
        if (publisher.Check(item, item.Channels[0], ApplicationCaller.Instance) is { } wrong)
        {
            throw new ArgumentException(wrong.Detail, wrong.Field);
        }
    }

    private async Task<int> ForUserAsync(string user, string? reason, Func<SessionId, Task<RequestFault?>> act, CancellationToken cancellation)
    {
        _ = Reason(reason);
        var (done, fault) = await sessions.ForUserAsync(By, User(user), act, cancellation).ConfigureAwait(false);
        Done(fault);
        return done;
    }

    private static void Done(RequestFault? fault)
    {
        if (fault is not null)
        {
            throw Refusal(fault);
        }
    }

    private static RealtimeRefusedException Refusal(RequestFault fault) =>
        new(fault.Code, fault.Detail, fault.RetryAfter is { } wait ? TimeSpan.FromMilliseconds(wait) : null, fault.Outcome);

    private static DateTimeOffset At(RevocationReply reply) => reply.At is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : throw new RealtimeRefusedException(
            reply.Refusal is 0 ? ErrorCode.Unavailable : reply.Refusal,
            reply.Reason ?? "The revocation could not be kept.",
            reply.RetryAfter is { } wait ? TimeSpan.FromMilliseconds(wait) : null);

    private static ChannelName Channel(string text, string parameter) =>
        Publisher.TryName(text, out var name, out var fault) ? name : throw new ArgumentException($"'{text}' {fault}.", parameter);

    private ChannelName KnownChannel(string channel) => Channel(channel, nameof(channel)) is var name && namespaces.TryFind(name, out _) ? name
        : throw new ArgumentException($"{NamespaceTable.Missing(name)}.", nameof(channel));

    private static ChannelName PersonalChannel(string user) => ChannelName.Parse("@" + User(user).Value);

    private static UserId User(string user) => user.Length > 0 && ChannelName.TryParse("@" + user, out _, out _) ? new UserId(user) : throw new ArgumentException($"'{user}' is no name of a user.", nameof(user));

    private static SessionId Session(string text, string parameter) => SessionId.TryParse(text, out var session) ? session
        : throw new ArgumentException($"'{text}' is no id of a session: 22 characters of base64url.", parameter);

    private static StreamPosition? Position(string? text, string parameter) => text is null ? null
        : StreamPosition.TryParse(text, out var position) ? position
        : throw new ArgumentException($"'{text}' is no position: EPOCH:OFFSET.", parameter);

    private static string? Reason(string? reason) => reason is { Length: > LongestReason } ? throw new ArgumentException($"A reason has at most {LongestReason} characters.", nameof(reason)) : reason;
}
