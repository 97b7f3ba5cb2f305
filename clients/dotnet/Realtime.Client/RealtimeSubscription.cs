using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>
/// A channel this session is subscribed to. It lives over reconnects: <see cref="ReadAllAsync"/> yields every message once
/// and in order, and where messages were lost, a <see cref="ChannelEvent.Gap"/> that says so.
/// </summary>
public sealed class RealtimeSubscription
{
    private readonly Channel<ChannelEvent> _events = System.Threading.Channels.Channel.CreateUnbounded<ChannelEvent>();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<ClientInput> _post;
    private readonly int _readAhead;
    private readonly Lock _gate = new();
    private Position? _position;
    private Position? _acked;
    private int _unread;
    private bool _full;

    internal RealtimeSubscription(string channel, int readAhead, Action<ClientInput> post)
    {
        Channel = channel;
        _readAhead = readAhead;
        _post = post;
        // A refused subscription nobody waits for is told by the reader; it must not end as an unobserved exception.
        _ = _ready.Task.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    /// <summary>The channel's name.</summary>
    public string Channel { get; }

    /// <summary>
    /// Ends when the server has confirmed the subscription for the first time.
    /// </summary>
    /// <exception cref="RealtimeException">The server refused it, or the client was closed.</exception>
    public Task Ready => _ready.Task;

    /// <summary>
    /// The last message the application has read: one counts as read when the loop over <see cref="ReadAllAsync"/> asks for
    /// the next. Null before the first, and where the channel keeps no log.
    /// </summary>
    public Position? Position
    {
        get
        {
            lock (_gate)
            {
                return _position;
            }
        }
    }

    /// <summary>Who is present now, by session, as far as the server has told; may be ahead of what was read.</summary>
    public ImmutableDictionary<string, Member> Members { get; private set; } = ImmutableDictionary<string, Member>.Empty;

    /// <summary>
    /// Yields what comes over the channel until it is unsubscribed. One loop at a time: what one has taken another does
    /// not see. A loop that is left early can be taken up again later and goes on with the next event.
    /// </summary>
    /// <exception cref="RealtimeException">The subscription ended without the application's wish.</exception>
    public async IAsyncEnumerable<ChannelEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (await _events.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (_events.Reader.TryRead(out var item))
            {
                Taken();
                yield return item;
                // Only now: what a loop was left at may not have been processed, and is replayed after a resume from memory.
                Read(item);
            }
        }
    }

    internal void Deliver(ChannelEvent item)
    {
        bool full;
        lock (_gate)
        {
            _unread++;
            full = !_full && _unread >= _readAhead;
            _full |= full;
        }

        _events.Writer.TryWrite(item);
        if (full)
        {
            _post(new ClientInput.Full(Channel));
        }
    }

    internal void Confirm() => _ready.TrySetResult();

    internal void SetMembers(ImmutableDictionary<string, Member> members) => Members = members;

    internal void Restore(Position position) => _position = position;

    internal void End(Fault? fault)
    {
        var exception = fault is null ? null : new RealtimeException(fault);
        _ready.TrySetException(exception ?? new RealtimeException(ErrorCodes.Closed, "The subscription was ended."));
        _events.Writer.TryComplete(exception);
    }

    /// <summary>What was read since the last time this was asked; null when nothing.</summary>
    internal Position? TakeUnacked()
    {
        lock (_gate)
        {
            if (_position == _acked)
            {
                return null;
            }

            return _acked = _position;
        }
    }

    private void Taken()
    {
        bool drained;
        lock (_gate)
        {
            drained = --_unread == 0 && _full;
            _full &= !drained;
        }

        if (drained)
        {
            _post(new ClientInput.Drained(Channel));
        }
    }

    private void Read(ChannelEvent item)
    {
        lock (_gate)
        {
            _position = item switch
            {
                ChannelEvent.Message message => message.Position ?? _position,
                ChannelEvent.Gap gap => gap.Position ?? _position,
                ChannelEvent.Subscribed subscribed => _position ?? subscribed.Position,
                _ => _position,
            };
        }
    }
}
