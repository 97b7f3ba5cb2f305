using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Client.Core;
using Realtime.Client.Protocol;

namespace Realtime.Client;

/// <summary>
/// A client of a Realtime server: one session, resumed over any number of connections. Made disconnected; subscriptions
/// and requests may be made at any time and wait for the connection. Safe for use from many threads.
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
    private readonly ClientShell _shell;

    /// <summary>Makes a client; nothing is opened before <see cref="ConnectAsync"/>.</summary>
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
        _shell = new ClientShell(options, this);
    }

    /// <summary>The state changed.</summary>
    public event Action<ClientState>? StateChanged;

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
    public ClientState State => _shell.State;

    /// <summary>The resume token; null before the first connection. A secret.</summary>
    public string? Session => _shell.Session;

    /// <summary>The session's user; null for an anonymous one.</summary>
    public string? User => _shell.Welcome?.User;

    /// <summary>The node this client is, or was last, connected to.</summary>
    public string? Node => _shell.Welcome?.Node;

    /// <summary>The server's limits; null before the first connection.</summary>
    public ClientLimits? Limits => _shell.Welcome?.Limits;

    /// <summary>The session's state as of the last welcome, with this client's own changes since.</summary>
    public ImmutableDictionary<string, JsonElement> SessionState => _shell.SessionState;

    /// <summary>The subscriptions, those made by the server included.</summary>
    public ImmutableArray<RealtimeSubscription> Subscriptions => _shell.Subscriptions;

    /// <summary>
    /// Connects, and keeps connected until <see cref="DisconnectAsync"/> or the end. Ends when the session is attached;
    /// failures on the way are retried at the protocol's pace. Cancelling ends the waiting, not the trying.
    /// </summary>
    /// <exception cref="RealtimeException">The server refused the client for good, or it was closed.</exception>
    public Task ConnectAsync(CancellationToken cancellation = default) => _shell.ConnectAsync(cancellation);

    /// <summary>Closes the connection. The session stays for the server's time-to-live: <see cref="ConnectAsync"/> resumes it.</summary>
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

    /// <summary>Subscribes to a channel, now or as soon as there is a connection. A channel subscribed already is returned as it is.</summary>
    public RealtimeSubscription Subscribe(string channel, SubscribeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        return _shell.Subscribe(channel, options ?? new SubscribeOptions());
    }

    /// <summary>Leaves a channel. Its subscription ends at once; the task ends when the server has confirmed it.</summary>
    public Task UnsubscribeAsync(string channel, CancellationToken cancellation = default) => _shell.AskAsync(
        new Pending<bool>(RequestKind.Unsubscribe, channel, false, (id, _) => FrameWriter.Unsubscribe(id, channel), static _ => true),
        cancellation);

    /// <summary>Publishes a value as JSON (web defaults). Ends when the message is as durable as its namespace promises.</summary>
    /// <returns>The message's place; null where the channel keeps no log.</returns>
    /// <exception cref="RealtimeException">Refused, or of unknown outcome (<see cref="RealtimeException.Outcome"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the message may have been published all the same.</exception>
    public Task<Position?> PublishAsync<T>(string channel, T data, PublishOptions? options = null, CancellationToken cancellation = default)
    {
        var json = JsonSerializer.SerializeToElement(data, JsonSerializerOptions.Web);
        return PublishAsync(channel, options, (id, seq, how) => FrameWriter.Publish(id, channel, json, seq, how), cancellation);
    }

    /// <summary>Publishes a binary payload; otherwise as <see cref="PublishAsync{T}"/>.</summary>
    public Task<Position?> PublishBytesAsync(string channel, ReadOnlyMemory<byte> bytes, PublishOptions? options = null, CancellationToken cancellation = default) =>
        PublishAsync(channel, options, (id, seq, how) => FrameWriter.PublishBytes(id, channel, bytes, seq, how), cancellation);

    /// <summary>Reads a page of a channel's log.</summary>
    public Task<HistoryPage> HistoryAsync(string channel, HistoryOptions? options = null, CancellationToken cancellation = default) => _shell.AskAsync(
        new Pending<HistoryPage>(
            RequestKind.History,
            channel,
            false,
            (id, _) => FrameWriter.History(id, channel, options ?? HistoryOptions.Default),
            body => FrameReader.HistoryPage(channel, body)),
        cancellation);

    /// <summary>Asks who is in a channel.</summary>
    public async Task<PresenceInfo> PresenceAsync(string channel, CancellationToken cancellation = default)
    {
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
    public Task UpdatePresenceAsync<T>(string channel, T presence, CancellationToken cancellation = default)
    {
        var json = JsonSerializer.SerializeToElement(presence, JsonSerializerOptions.Web);
        return _shell.AskAsync(
            new Pending<bool>(RequestKind.Update, channel, false, (id, _) => FrameWriter.Update(id, channel, json), static _ => true)
            {
                Grants = before => before with { Presence = json },
            },
            cancellation);
    }

    /// <summary>Calls the application behind the server. Repeated over reconnects under one number, which makes the answer of a completed call the same.</summary>
    /// <returns>The application's answer; null when it gave none.</returns>
    public Task<JsonElement?> CallAsync<T>(string method, T data, CancellationToken cancellation = default)
    {
        var json = JsonSerializer.SerializeToElement(data, JsonSerializerOptions.Web);
        return _shell.AskAsync(
            new Pending<JsonElement?>(RequestKind.Call, null, true, (id, seq) => FrameWriter.Call(id, method, json, seq), static body => body.Any("data")),
            cancellation);
    }

    /// <summary>Sets a value of the session's durable state; null removes it.</summary>
    public async Task SetAsync<T>(string key, T value, CancellationToken cancellation = default)
    {
        var json = JsonSerializer.SerializeToElement(value, JsonSerializerOptions.Web);
        await _shell.AskAsync(
            new Pending<bool>(RequestKind.Set, null, false, (id, _) => FrameWriter.Set(id, key, json), static _ => true),
            cancellation).ConfigureAwait(false);
        _shell.Changed(key, json);
    }

    /// <summary>Gives the session a new token before the old one expires; with a channel, that subscription.</summary>
    /// <returns>What the server says about its expiry; null when it says nothing.</returns>
    public Task<JsonElement?> RefreshAsync(string token, string? channel = null, CancellationToken cancellation = default) => _shell.AskAsync(
        new Pending<JsonElement?>(RequestKind.Refresh, channel, false, (id, _) => FrameWriter.Refresh(id, token, channel), static body => body.Any("expires"))
        {
            Token = channel is null ? token : null,
            Grants = channel is null ? null : before => before with { Token = token },
        },
        cancellation);

    /// <summary>Tells the server what the application has read so far, on every channel. Nothing is sent while disconnected: a resume tells it anyway.</summary>
    public Task AckAsync() => _shell.AckAsync();

    internal void Raise(ClientState state) => StateChanged?.Invoke(state);

    internal void Raise(ChannelEvent.Gap gap) => GapReceived?.Invoke(gap);

    internal void Raise(SessionLostNotice notice) => SessionLost?.Invoke(notice);

    internal void Raise(GoodbyeNotice notice) => Goodbye?.Invoke(notice);

    internal void Raise(RealtimeSubscription subscription) => SubscribedByServer?.Invoke(subscription);

    internal void Raise(RealtimeException error) => ErrorReceived?.Invoke(error);

    private Task<Position?> PublishAsync(string channel, PublishOptions? options, Func<long, long?, PublishOptions, byte[]> write, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var how = options ?? PublishOptions.Default;
        return _shell.AskAsync(
            new Pending<Position?>(
                RequestKind.Publish,
                channel,
                how.ExactlyOnce,
                (id, seq) => write(id, how.ExactlyOnce ? seq : null, how),
                static body => body.Place("position")),
            cancellation);
    }
}
