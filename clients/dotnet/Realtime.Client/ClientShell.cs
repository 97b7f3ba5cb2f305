using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Realtime.Client.Core;
using Realtime.Client.Links;
using Realtime.Client.Protocol;

namespace Realtime.Client;

/// <summary>
/// What surrounds the machine: it owns sockets, the timer and those who wait. Steps and their effects run under one lock,
/// so that effects happen in the machine's order; nothing under the lock blocks or runs the application's code.
/// </summary>
internal sealed class ClientShell : IAsyncDisposable
{
    /// <summary>The longest time that can be waited for: a timer's limit.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(uint.MaxValue - 1L);

    private readonly RealtimeClientOptions _options;
    private readonly RealtimeClient _owner;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILinkConnector _connector;
    private readonly GatewayClient? _gateway;
    private readonly string _producer;
    private readonly ClientMachine _machine;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkRunner> _links = [];
    private readonly SubscriptionTable _subscriptions;
    private readonly ConnectWaiters _waiters = new();
    private readonly Queue<ClientInput> _inputs = [];
    private readonly EventPump _events = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private readonly long _start;
    private bool _stepping;

    public ClientShell(RealtimeClientOptions options, RealtimeClient owner)
    {
        _options = options;
        _owner = owner;
        _time = options.TimeProvider;
        _random = options.Random ?? new Random();
        _connector = Connectors.Of(options, () => _machine!.Session);
        _gateway = Connectors.GatewayOf(options, () => _machine!.Session);
        _producer = options.Memory?.Producer ?? "p-" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        _start = _time.GetTimestamp();
        _subscriptions = new SubscriptionTable(options, Post, channel => new PastReader(channel, (how, cancellation) => HistoryAsync(channel, how, cancellation), _time), LeaveAsync);
        _machine = new ClientMachine(ClientSettings.Of(options, _producer) with { Born = _time.GetUtcNow() });
        Session = new SessionView(options.Memory?.Session);
        _timer = _time.CreateTimer(_ => Post(new ClientInput.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public StateNotice State { get; private set; } = new(ClientState.Disconnected);

    public SessionView Session { get; }

    public ImmutableArray<RealtimeSubscription> Subscriptions
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.All;
            }
        }
    }

    public async Task ConnectAsync(TimeSpan deadline, CancellationToken cancellation)
    {
        Task connected;
        lock (_gate)
        {
            Post(new ClientInput.Connect());
            connected = _waiters.Begin();
        }

        try
        {
            await connected.WaitAsync(deadline > LongestWait ? Timeout.InfiniteTimeSpan : deadline, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!connected.IsCompleted)
        {
            var reason = State.Reason is { } last ? $"{last.Code}: {last.Message}" : "nothing has answered yet.";
            throw new RealtimeException(ErrorCodes.Timeout, $"Not connected within {deadline}; {reason}");
        }
        finally
        {
            lock (_gate)
            {
                // The one that stays longest decides: others may still wait.
                if (_waiters.Leave() && !connected.IsCompleted)
                {
                    Post(new ClientInput.GiveUp());
                }
            }
        }
    }

    public Task DisconnectAsync()
    {
        Task links;
        lock (_gate)
        {
            Post(new ClientInput.Disconnect());
            links = AllLinks();
        }

        return links;
    }

    public async Task CloseAsync()
    {
        Post(new ClientInput.Bye());
        await _waiters.Closed.ConfigureAwait(false);
        Task links;
        lock (_gate)
        {
            links = AllLinks();
        }

        await links.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task links;
        lock (_gate)
        {
            Post(new ClientInput.Dispose());
            links = AllLinks();
        }

        await _disposed.CancelAsync().ConfigureAwait(false);
        await links.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _events.Complete();
    }

    public RealtimeSubscription Subscribe(string channel, SubscribeOptions options)
    {
        lock (_gate)
        {
            var subscription = _subscriptions.Add(channel, options);
            Post(new ClientInput.Subscribe(channel, options));
            return subscription;
        }
    }

    public Task<HistoryPage> HistoryAsync(string channel, HistoryOptions options, CancellationToken cancellation) => AskAsync(
        new Pending<HistoryPage>(
            RequestKind.History, channel, false, (id, _) => FrameWriter.History(id, channel, options), body => FrameReader.HistoryPage(channel, body)),
        cancellation);

    public Task UnsubscribeAsync(string channel, CancellationToken cancellation) => AskAsync(
        new Pending<bool>(RequestKind.Unsubscribe, channel, false, (id, _) => FrameWriter.Unsubscribe(id, channel), static _ => true), cancellation);

    public async Task<T> AskAsync<T>(Pending<T> request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Post(new ClientInput.Ask(request));
        await using var registration = cancellation.Register(() =>
        {
            request.Cancel(cancellation);
            Post(new ClientInput.Cancel(request));
        }).ConfigureAwait(false);
        return await request.Task.ConfigureAwait(false);
    }

    public Task AckAsync()
    {
        lock (_gate)
        {
            var positions = _subscriptions.TakeUnacked();
            if (_machine.AttachedLink is not 0 and var link && positions.Count > 0)
            {
                foreach (var frame in FrameWriter.Ack(positions))
                {
                    _links[link].Send(frame);
                }
            }
        }

        return Task.CompletedTask;
    }

    public ClientMemory Export()
    {
        lock (_gate)
        {
            return new ClientMemory
            {
                Session = _machine.Session,
                Producer = _producer,
                NextSequence = _machine.NextSeq,
                Attempt = _machine.Attempt,
                Positions = _subscriptions.Positions,
            };
        }
    }

    public void Changed(string key, JsonElement value)
    {
        lock (_gate)
        {
            Session.Set(key, value);
        }
    }

    /// <summary>One subscription ends; the server hears of it with the channel's last one.</summary>
    private Task LeaveAsync(RealtimeSubscription subscription)
    {
        lock (_gate)
        {
            return _subscriptions.Remove(subscription) ? UnsubscribeAsync(subscription.Channel, CancellationToken.None) : Task.CompletedTask;
        }
    }

    private Task AllLinks() => Task.WhenAll(_links.Values.Select(link => link.Completion));

    /// <summary>Steps the machine. An input that an effect gives rise to is taken after that effect's step, not within it.</summary>
    private void Post(ClientInput input)
    {
        lock (_gate)
        {
            _inputs.Enqueue(input);
            if (_stepping)
            {
                return;
            }

            _stepping = true;
            try
            {
                while (_inputs.TryDequeue(out var next))
                {
                    if (next is ClientInput.LinkLost lost)
                    {
                        _links.Remove(lost.Link);
                    }

                    foreach (var effect in _machine.Step(next, new Moment(_time.GetElapsedTime(_start), _random.NextDouble())))
                    {
                        Perform(effect);
                    }
                }
            }
            finally
            {
                _stepping = false;
            }

            var due = _machine.Deadline is { } deadline ? deadline - _time.GetElapsedTime(_start) : Timeout.InfiniteTimeSpan;
            _timer.Change(due < TimeSpan.Zero && due != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The token's end comes all the same where this fails; then the client comes back with another.</summary>
    private async Task RenewTokenAsync()
    {
        // Off the lock: the provider is the application's code.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (await _options.TokenProvider!(_disposed.Token).ConfigureAwait(false) is { Length: > 0 } token)
            {
                await _owner.RefreshAsync(token, null, _disposed.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            // Nobody is there any more.
        }
        catch (RealtimeException refusal)
        {
            _events.Post(() => _owner.Raise(refusal));
        }
        catch (Exception fault)
        {
            _events.Post(() => _owner.Raise(new RealtimeException(new Fault(ErrorCodes.TokenUnavailable, fault.Message))));
        }
    }

    private void Perform(ClientEffect effect)
    {
        switch (effect)
        {
            case ClientEffect.OpenLink open:
                _links.Add(open.Link, new LinkRunner(open.Link, _connector, open.Straight ? null : _gateway, open.Url, _time, Post));
                break;
            // A link may have ended by itself before the machine has heard of it: then there is nothing to close or send.
            case ClientEffect.CloseLink close:
                _links.GetValueOrDefault(close.Link)?.Close(close.Code);
                break;
            case ClientEffect.Send send:
                _links.GetValueOrDefault(send.Link)?.Send(send.Frame);
                break;
            case ClientEffect.Pong pong:
                Pong(pong.Link);
                break;
            case ClientEffect.FetchToken:
                _ = TokenFetch.RunAsync(
                    _options.TokenProvider!, token => new ClientInput.TokenFetched(token), fault => new ClientInput.TokenFailed(fault), Post, _disposed.Token);
                break;
            case ClientEffect.FetchChannelToken fetch:
                _ = TokenFetch.RunAsync(
                    cancellation => fetch.Options.TokenProvider!(fetch.Channel, cancellation),
                    token => new ClientInput.ChannelTokenFetched(fetch.Channel, token),
                    fault => new ClientInput.ChannelTokenFailed(fetch.Channel, fault),
                    Post,
                    _disposed.Token);
                break;
            case ClientEffect.RenewToken:
                _ = RenewTokenAsync();
                break;
            case ClientEffect.Deliver deliver:
                Deliver(deliver.Event);
                break;
            case ClientEffect.Adopt adopt:
                var adopted = _subscriptions.Adopt(adopt.Channel);
                _events.Post(() => _owner.Raise(adopted));
                break;
            case ClientEffect.Join join:
                _subscriptions.Join(join);
                break;
            case ClientEffect.Ready ready:
                _subscriptions.Confirm(ready.Channel);
                break;
            case ClientEffect.End end:
                _subscriptions.End(end.Channel, end.Fault);
                break;
            case ClientEffect.Roster roster:
                _subscriptions.SetMembers(roster.Channel, roster.Members);
                break;
            case ClientEffect.Answer answer:
                ((IPending)answer.Request).Answer(answer.Body);
                break;
            case ClientEffect.Refuse refuse:
                ((IPending)refuse.Request).Refuse(refuse.Fault);
                break;
            case ClientEffect.Attached attached:
                Session.Attach(attached.Welcome);
                break;
            case ClientEffect.StateChanged changed:
                var notice = new StateNotice(changed.State, changed.Reason is { } reason ? new StateReason(reason.Code, reason.Message) : null, changed.RetryIn);
                State = notice;
                _waiters.Change(changed.State, changed.Reason);
                _events.Post(() => _owner.Raise(notice));
                break;
            case ClientEffect.SessionLost lost:
                _events.Post(() => _owner.Raise(lost.Notice));
                break;
            case ClientEffect.GoodbyeSaid said:
                _events.Post(() => _owner.Raise(said.Notice));
                break;
            case ClientEffect.Complained complained:
                _events.Post(() => _owner.Raise(new RealtimeException(complained.Fault)));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Pong(int link)
    {
        // Before the welcome nothing may overtake the hello.
        var attached = link == _machine.AttachedLink;
        foreach (var frame in FrameWriter.Pong(_options.AutoAck && attached ? _subscriptions.TakeUnacked() : []))
        {
            _links.GetValueOrDefault(link)?.Send(frame, urgent: attached);
        }
    }

    private void Deliver(ChannelEvent item)
    {
        _subscriptions.Deliver(item);
        if (item is ChannelEvent.Gap gap)
        {
            _events.Post(() => _owner.Raise(gap));
        }
    }
}
