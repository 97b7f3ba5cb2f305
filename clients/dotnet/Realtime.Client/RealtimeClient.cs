using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Realtime.Client.Core;
using Realtime.Client.Protocol;

namespace Realtime.Client;

/// <summary>
/// A client of a Realtime server: one session, resumed over any number of connections. Made disconnected; subscriptions
/// and requests may be made at any time: they connect, and wait for the connection. Safe for use from many threads.
/// </summary>
/// <remarks>
/// <para>Each subscription yields every message once and in order, or a gap that says what is missing.</para>
/// <para>A publish is stored once, however often the connection breaks while it is under way
/// (<see cref="PublishOptions.ExactlyOnce"/>); publishes to one channel are stored in the order of the calls, unless the
/// server refuses one for the time being while later ones are under way.</para>
/// <para>Events are raised one after the other on a task of their own. An exception thrown by a handler is unhandled.</para>
/// </remarks>
public sealed class RealtimeClient : IAsyncDisposable
{
    private readonly RealtimeClientOptions _options;
    private readonly ClientShell _shell;

    /// <summary>Makes a client; nothing is opened before something needs a connection.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public RealtimeClient(RealtimeClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Url.IsAbsoluteUri || options.Url.Scheme is not ("http" or "https" or "ws" or "wss"))
        {
            throw new ArgumentException($"'{options.Url}' is not an absolute http, https, ws or wss address.", nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ReadAhead);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.QueueLimit);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ConnectDeadline ?? TimeSpan.MaxValue, TimeSpan.Zero);
        _options = options;
        _shell = new ClientShell(options with { HelloData = Arguments.Copy(options.HelloData, nameof(options.HelloData)) }, this);
    }

    /// <summary>The state changed; the notice says why, where there is a reason.</summary>
    public event Action<StateNotice>? StateChanged;

    /// <summary>Messages were lost on a channel; its subscription yields the same gap.</summary>
    public event Action<ChannelEvent.Gap>? GapReceived;

    /// <summary>The session could not be resumed and a new one began.</summary>
    public event Action<SessionLostNotice>? SessionLost;

    /// <summary>The server said goodbye.</summary>
    public event Action<GoodbyeNotice>? Goodbye;

    /// <summary>The server subscribed this session to a channel by itself, or a resumed session had it already.</summary>
    public event Action<RealtimeSubscription>? SubscribedByServer;

    /// <summary>An error that belongs to no request: the server's, or a failure of the token provider.</summary>
    public event Action<RealtimeException>? ErrorReceived;

    /// <summary>Where the client stands.</summary>
    public ClientState State => _shell.State.State;

    /// <summary>Why the client is not connected; null when it is, and before the first attempt has failed.</summary>
    public StateReason? Reason => _shell.State.Reason;

    /// <summary>The resume token; null before the first connection. A secret.</summary>
    public string? Session => _shell.Session.Token;

    /// <summary>The session's user; null for an anonymous one.</summary>
    public string? User => _shell.Session.Welcome?.User;

    /// <summary>The node this client is, or was last, connected to.</summary>
    public string? Node => _shell.Session.Welcome?.Node;

    /// <summary>The server's limits; null before the first connection.</summary>
    public ClientLimits? Limits => _shell.Session.Welcome?.Limits;

    /// <summary>The session's state as of the last welcome, with this client's own changes since.</summary>
    public ImmutableDictionary<string, JsonElement> SessionState => _shell.Session.State;

    /// <summary>The subscriptions, those made by the server included.</summary>
    public ImmutableArray<RealtimeSubscription> Subscriptions => _shell.Subscriptions;

    /// <summary>
    /// Connects, and keeps connected until <see cref="DisconnectAsync"/> or the end. Ends when the session is attached;
    /// failures on the way are retried at the protocol's pace, and <see cref="Reason"/> says what they were. Subscriptions and requests connect by
    /// themselves; this call is for those who want to wait for it, or to come back after <see cref="DisconnectAsync"/>.
    /// </summary>
    /// <remarks>
    /// When <see cref="RealtimeClientOptions.ConnectDeadline"/> has passed, or the call is cancelled, before the client was ever connected, it stops
    /// trying unless something else needs the connection: another such call, a request or a subscription.
    /// </remarks>
    /// <exception cref="RealtimeException">
    /// <c>timeout</c>: not connected within the deadline; the message names the last reason. Otherwise the server refused the client for good, or it was closed.
    /// </exception>
    public Task ConnectAsync(CancellationToken cancellation = default) =>
        _shell.ConnectAsync(_options.ConnectDeadline ?? Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>
    /// As <see cref="ConnectAsync(CancellationToken)"/>, with a deadline of its own; none with <see cref="Timeout.InfiniteTimeSpan"/> or more than 49 days.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is negative.</exception>
    public Task ConnectAsync(TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (deadline != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        }

        return _shell.ConnectAsync(deadline, cancellation);
    }

    /// <summary>Closes the connection. The session stays for the server's time-to-live: <see cref="ConnectAsync(CancellationToken)"/> resumes it, and until then requests wait.</summary>
    public Task DisconnectAsync() => _shell.DisconnectAsync();

    /// <summary>
    /// Ends the session: subscriptions, presence and session state are gone. Await publishes first; what is unanswered
    /// fails. Without a connection the server is not told, and the session ends by its time-to-live.
    /// </summary>
    public Task CloseAsync() => _shell.CloseAsync();

    /// <summary>Closes the connection and frees everything; the session stays, to be resumed by <see cref="Export"/>.</summary>
    public ValueTask DisposeAsync() => _shell.DisposeAsync();

    /// <summary>What another client needs to go on as this session.</summary>
    public ClientMemory Export() => _shell.Export();

    /// <summary>
    /// Subscribes to a channel, as soon as there is a connection. Each call makes a subscription with its own start and its own stream; the channel
    /// is left with the last of them. A channel that the server subscribed by itself is taken up. The session shows one presence per channel: the last one given.
    /// </summary>
    /// <exception cref="RealtimeException"><c>bad_request</c>: an option cannot be sent.</exception>
    public RealtimeSubscription Subscribe(string channel, SubscribeOptions? options = null)
    {
        Arguments.Text(channel, nameof(channel));
        var how = options ?? new SubscribeOptions();
        return _shell.Subscribe(channel, how with { Presence = Arguments.Copy(how.Presence, nameof(how.Presence)) });
    }

    /// <summary>Leaves a channel. All its subscriptions end at once; the task ends when the server has confirmed it.</summary>
    public Task UnsubscribeAsync(string channel, CancellationToken cancellation = default) =>
        _shell.UnsubscribeAsync(Arguments.Text(channel, nameof(channel)), cancellation);

    /// <summary>
    /// Publishes a value as JSON (web defaults), as it is when the call is made. Ends when the message is as durable as its namespace promises.
    /// </summary>
    /// <returns>The message's place; null where the channel keeps no log.</returns>
    /// <exception cref="RealtimeException">
    /// Refused, or of unknown outcome (<see cref="RealtimeException.Outcome"/>); <c>bad_request</c> when the value cannot be written as JSON.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; the message may have been published all the same.</exception>
    public async Task<Position?> PublishAsync<T>(string channel, T data, PublishOptions? options = null, CancellationToken cancellation = default)
    {
        var json = Arguments.Json(data, nameof(data));
        return await PublishAsync(channel, options, (id, seq, how) => FrameWriter.Publish(id, channel, json, seq, how), cancellation).ConfigureAwait(false);
    }

    /// <summary>Publishes a binary payload; otherwise as <see cref="PublishAsync{T}"/>.</summary>
    public Task<Position?> PublishBytesAsync(string channel, ReadOnlyMemory<byte> bytes, PublishOptions? options = null, CancellationToken cancellation = default) =>
        PublishAsync(channel, options, (id, seq, how) => FrameWriter.PublishBytes(id, channel, bytes, seq, how), cancellation);

    /// <summary>
    /// Reads a page of a channel's log. A page may end before <see cref="HistoryOptions.Limit"/>: <see cref="HistoryPage.More"/> says whether there
    /// is another, and <see cref="HistoryAllAsync"/> reads on until there is none.
    /// </summary>
    public async Task<HistoryPage> HistoryAsync(string channel, HistoryOptions? options = null, CancellationToken cancellation = default)
    {
        Arguments.Text(channel, nameof(channel));
        return await _shell.HistoryAsync(channel, options ?? HistoryOptions.Default, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads a channel's log page by page, as fast as it is taken, until there is no more of it. <see cref="HistoryOptions.Limit"/> is the size of a
    /// page here. Newest first, a start by time (<see cref="From.Ago"/>) bounds the first page only.
    /// </summary>
    public async IAsyncEnumerable<ChannelEvent.Message> HistoryAllAsync(
        string channel, HistoryOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var next = options ?? HistoryOptions.Default;

        // Later pages go down from a position, which bounds nothing.
        var left = next is { Reverse: true, From.Count: { } count } ? count : int.MaxValue;
        while (true)
        {
            var page = await HistoryAsync(channel, next, cancellation).ConfigureAwait(false);
            foreach (var message in page.Messages.Take(left))
            {
                yield return message;
            }

            left -= Math.Min(left, page.Messages.Length);
            if (!page.More || left == 0 || page.Position is not { } position)
            {
                yield break;
            }

            next = next with { From = From.Position(position) };
        }
    }

    /// <summary>Asks who is in a channel.</summary>
    public async Task<PresenceInfo> PresenceAsync(string channel, CancellationToken cancellation = default)
    {
        Arguments.Text(channel, nameof(channel));
        var whole = await PartAsync(null).ConfigureAwait(false);
        for (var part = whole; part is { More: true, Members.IsEmpty: false };)
        {
            part = await PartAsync(part.Members[^1].Session).ConfigureAwait(false);
            whole = whole.With(part);
        }

        return whole;

        Task<PresenceInfo> PartAsync(string? after) => _shell.AskAsync(
            new Pending<PresenceInfo>(RequestKind.Presence, channel, false, (id, _) => FrameWriter.Presence(id, channel, after), FrameReader.PresenceInfo),
            cancellation);
    }

    /// <summary>Changes what others see of this session in a channel.</summary>
    public async Task UpdatePresenceAsync<T>(string channel, T presence, CancellationToken cancellation = default)
    {
        Arguments.Text(channel, nameof(channel));
        var json = Arguments.Json(presence, nameof(presence));
        await _shell.AskAsync(
            new Pending<bool>(RequestKind.Update, channel, false, (id, _) => FrameWriter.Update(id, channel, json), static _ => true)
            {
                Grants = before => before with { Presence = json },
            },
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Calls the application behind the server. Repeated over reconnects under one number, which makes the answer of a completed call the same.</summary>
    /// <returns>The application's answer; null when it gave none.</returns>
    public async Task<JsonElement?> CallAsync<T>(string method, T data, CancellationToken cancellation = default)
    {
        Arguments.Text(method, nameof(method));
        var json = Arguments.Json(data, nameof(data));
        return await _shell.AskAsync(
            new Pending<JsonElement?>(RequestKind.Call, null, true, (id, seq) => FrameWriter.Call(id, method, json, seq), static body => body.Any("data")),
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Sets a value of the session's durable state; null removes it.</summary>
    public async Task SetAsync<T>(string key, T value, CancellationToken cancellation = default)
    {
        Arguments.Text(key, nameof(key));
        var json = Arguments.Json(value, nameof(value));
        await _shell.AskAsync(
            new Pending<bool>(RequestKind.Set, null, false, (id, _) => FrameWriter.Set(id, key, json), static _ => true),
            cancellation).ConfigureAwait(false);
        _shell.Changed(key, json);
    }

    /// <summary>Gives the session a new token before the old one expires; with a channel, that subscription.</summary>
    /// <returns>What the server says about its expiry; null when it says nothing.</returns>
    public async Task<JsonElement?> RefreshAsync(string token, string? channel = null, CancellationToken cancellation = default)
    {
        Arguments.Text(token, nameof(token));
        return await _shell.AskAsync(
            new Pending<JsonElement?>(RequestKind.Refresh, channel, false, (id, _) => FrameWriter.Refresh(id, token, channel), static body => body.Any("expires"))
            {
                Token = channel is null ? token : null,
                Grants = channel is null ? null : before => before with { Token = token },
            },
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Tells the server what the application has read so far, on every channel. Nothing is sent while disconnected: a resume tells it anyway.</summary>
    public Task AckAsync() => _shell.AckAsync();

    internal void Raise(StateNotice notice) => StateChanged?.Invoke(notice);

    internal void Raise(ChannelEvent.Gap gap) => GapReceived?.Invoke(gap);

    internal void Raise(SessionLostNotice notice) => SessionLost?.Invoke(notice);

    internal void Raise(GoodbyeNotice notice) => Goodbye?.Invoke(notice);

    internal void Raise(RealtimeSubscription subscription) => SubscribedByServer?.Invoke(subscription);

    internal void Raise(RealtimeException error) => ErrorReceived?.Invoke(error);

    private async Task<Position?> PublishAsync(string channel, PublishOptions? options, Func<long, long?, PublishOptions, byte[]> write, CancellationToken cancellation)
    {
        Arguments.Text(channel, nameof(channel));
        var how = options ?? PublishOptions.Default;
        how = how with { Tags = Arguments.Copy(how.Tags, nameof(how.Tags)) };
        return await _shell.AskAsync(
            new Pending<Position?>(
                RequestKind.Publish,
                channel,
                how.ExactlyOnce,
                (id, seq) => write(id, how.ExactlyOnce ? seq : null, how),
                static body => body.Place("position")),
            cancellation).ConfigureAwait(false);
    }
}
