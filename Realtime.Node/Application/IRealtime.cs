using Realtime.Messages.Errors;
using Realtime.Messages.Operators;

namespace Realtime.Node.Application;

/// <summary>What the host application may do from anywhere in its code. Safe for all threads. On any node of a cluster.</summary>
/// <remarks>
/// It does what the HTTP API does, with the same guarantees. All of it throws <see cref="ArgumentException"/> for what can never be done, such as a name that is none or a message that is too
/// large, and <see cref="RealtimeRefusedException"/> for what was not done, or perhaps was.
/// </remarks>
public interface IRealtime
{
    /// <summary>Publishes as the application: no rule of a namespace and no handler is asked.</summary>
    /// <param name="channel">Any channel but the server's own; <c>@user</c> reaches all sessions of a user.</param>
    /// <param name="data">Written as JSON.</param>
    /// <returns>Where the message stands, once the namespace's durability is met; null where it keeps no log.</returns>
    Task<string?> PublishAsync<T>(string channel, T data, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>Publishes to the personal channel of a user.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    Task<string?> PublishToUserAsync<T>(string user, T data, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>Publishes to one session alone, which gets it also when its client is away and comes back.</summary>
    /// <param name="session">Its id.</param>
    /// <inheritdoc cref="PublishAsync"/>
    Task<string?> PublishToSessionAsync<T>(string session, T data, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>Publishes on up to 100 channels. Each has a result of its own.</summary>
    /// <param name="settings"><see cref="PublishSettings.Expected"/> is for one channel only.</param>
    /// <returns>In the order of <paramref name="channels"/>.</returns>
    /// <inheritdoc cref="PublishAsync"/>
    Task<IReadOnlyList<PublishOutcome>> PublishToManyAsync<T>(
        IReadOnlyList<string> channels, T data, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>Has a message published at a time, as <see cref="PublishAsync"/> would then. It survives restarts and lost nodes, and is published once.</summary>
    /// <param name="at">Up to a minute ago, which is at once, and as far ahead as <c>Realtime:Schedules:Ahead</c> allows.</param>
    /// <param name="settings"><see cref="PublishSettings.TimeToLive"/> counts from <paramref name="at"/>. The same <see cref="PublishSettings.IdempotencyKey"/> again gets the same schedule.</param>
    /// <returns>The schedule's id, once it is kept.</returns>
    Task<string> ScheduleAsync<T>(string channel, T data, DateTimeOffset at, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>To the personal channel of a user.</summary>
    /// <inheritdoc cref="ScheduleAsync"/>
    Task<string> ScheduleToUserAsync<T>(string user, T data, DateTimeOffset at, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>To one session alone. When it is not there at that time the message is refused.</summary>
    /// <inheritdoc cref="ScheduleAsync"/>
    Task<string> ScheduleToSessionAsync<T>(string session, T data, DateTimeOffset at, PublishSettings? settings = null, CancellationToken cancellation = default);

    /// <summary>Takes a scheduled publish back.</summary>
    /// <returns>True: it will not be published. False: it is too late, or there is no such schedule.</returns>
    Task<bool> CancelScheduleAsync(string schedule, CancellationToken cancellation = default);

    /// <summary>Scheduled publishes in the order of their time, also those that are over since not more than a day.</summary>
    /// <param name="prefix">Of their channels.</param>
    /// <param name="state">As <see cref="ScheduleReport.State"/> names it; null: any.</param>
    /// <param name="after"><see cref="SchedulePage.Next"/> of the page before; null: from the first on.</param>
    /// <param name="limit">1 to 100.</param>
    Task<SchedulePage> GetSchedulesAsync(string prefix = "", string? state = null, string? after = null, int limit = 100, CancellationToken cancellation = default);

    /// <summary>Subscribes a session to a channel, whatever the namespace's rules say.</summary>
    /// <param name="from">A position, the stream goes on after it; null: it begins with what is published from now on.</param>
    /// <param name="reason">For the client; at most 200 characters.</param>
    Task SubscribeSessionAsync(string session, string channel, string? from = null, string? reason = null, CancellationToken cancellation = default);

    /// <inheritdoc cref="SubscribeSessionAsync"/>
    Task UnsubscribeSessionAsync(string session, string channel, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Does it to every session of a user that is in memory, on all nodes.</summary>
    /// <returns>How many sessions there were.</returns>
    /// <inheritdoc cref="SubscribeSessionAsync"/>
    Task<int> SubscribeUserAsync(string user, string channel, string? from = null, string? reason = null, CancellationToken cancellation = default);

    /// <inheritdoc cref="SubscribeUserAsync"/>
    Task<int> UnsubscribeUserAsync(string user, string channel, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Closes a session's connection. It is noted in the operators' audit.</summary>
    /// <param name="reconnect">True: its client may come back at once. False: the session ends and its client stays away.</param>
    /// <param name="reason">For those who look into it later; at most 200 characters.</param>
    Task DisconnectSessionAsync(string session, bool reconnect = false, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Closes the connections of all sessions of a user, on all nodes.</summary>
    /// <returns>How many there were.</returns>
    /// <inheritdoc cref="DisconnectSessionAsync"/>
    Task<int> DisconnectUserAsync(string user, bool reconnect = false, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Voids the user's tokens that were issued until now, and those that do not say when. A newer token counts.</summary>
    /// <param name="reason">For those who look into it later; clients are not told.</param>
    /// <returns>Tokens issued before this do not count.</returns>
    Task<DateTimeOffset> RevokeUserAsync(string user, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Ends a session for good: it is never resumed.</summary>
    /// <returns>When.</returns>
    /// <inheritdoc cref="RevokeUserAsync"/>
    Task<DateTimeOffset> RevokeSessionAsync(string session, string? reason = null, CancellationToken cancellation = default);
}
