using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>
/// A subscription of a channel. It lives over reconnects: <see cref="ReadAllAsync"/> yields every message once and in order, and where messages
/// were lost, a <see cref="ChannelEvent.Gap"/> that says so. A channel may have several in one client, each with its own start and its own
/// stream; disposing one leaves the channel when it is the last.
/// </summary>
public sealed class RealtimeSubscription : IAsyncDisposable
{
    private readonly Channel<ChannelEvent> _events = System.Threading.Channels.Channel.CreateUnbounded<ChannelEvent>();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<ClientInput> _post;
    private readonly PastReader _past;
    private readonly Func<RealtimeSubscription, Task> _leave;
    private readonly Position? _remembered;
    private readonly int _readAhead;
    private readonly Lock _gate = new();
    private SubscribeOptions? _options;
    private Stream _stream;
    private Position? _position;
    private Position? _queued;
    private Position? _queuedFrom;
    private (PastStart Start, Position Until)? _before;
    private Position? _skipTo;
    private int _unread;
    private bool _begun;

    internal RealtimeSubscription(
        string channel, SubscribeOptions? options, Position? remembered, int readAhead, Action<ClientInput> post, PastReader past, Func<RealtimeSubscription, Task> leave)
    {
        Channel = channel;
        _options = options;
        _remembered = remembered;
        _position = remembered;
        _readAhead = readAhead;
        _post = post;
        _past = past;
        _leave = leave;
        // A refused subscription nobody waits for is told by the reader; it must not end as an unobserved exception.
        _ = _ready.Task.ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    /// <summary>How a subscription stands to its channel's stream.</summary>
    private enum Stream
    {
        /// <summary>Not in it yet.</summary>
        Before,

        /// <summary>In it: what comes is queued.</summary>
        Joined,

        /// <summary>In it, and too far behind to take more: the whole channel waits for it.</summary>
        Full,

        /// <summary>Too far behind and out of it; it reads what it missed from the log and joins again.</summary>
        Behind,

        /// <summary>As <see cref="Behind"/>, with everything read and about to join.</summary>
        Returning,

        Ended,
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

    /// <summary>The channel's first subscription: its options are those the server is asked with.</summary>
    internal bool IsFirst { get; set; }

    /// <summary>
    /// Yields what comes over the channel until it is unsubscribed. One loop at a time: what one has taken another does
    /// not see. A loop that is left early can be taken up again later and goes on with the next event.
    /// </summary>
    /// <exception cref="RealtimeException">The subscription ended without the application's wish.</exception>
    public async IAsyncEnumerable<ChannelEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _begun = true;
        while (await _events.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (true)
            {
                if (TakeBefore() is { } before)
                {
                    var rest = before;
                    var done = false;
                    try
                    {
                        await foreach (var item in _past.ReadAsync(before.Start, before.Until, cancellation).ConfigureAwait(false))
                        {
                            rest = Place(item) is { } place ? (new PastStart(From.Position(place), place.Offset), before.Until) : rest;
                            yield return Marked(item);
                            Read(item);
                        }

                        _skipTo = _past.SkipTo ?? _skipTo;
                        done = true;
                    }
                    finally
                    {
                        PutBack(done ? null : rest);
                    }
                }

                if (!_events.Reader.TryRead(out var next))
                {
                    break;
                }

                Taken();
                if (!IsSkipped(next))
                {
                    yield return next;
                }

                // Only now: what a loop was left at may not have been processed, and is replayed after a resume from memory.
                Read(next);
            }
        }
    }

    /// <summary>Ends this subscription; the channel is left when it was the last one in this client, and the task then ends when the server has confirmed it.</summary>
    public Task UnsubscribeAsync() => _leave(this);

    /// <summary>As <see cref="UnsubscribeAsync"/>, without waiting for the server.</summary>
    public ValueTask DisposeAsync()
    {
        _ = _leave(this).ContinueWith(static task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return ValueTask.CompletedTask;
    }

    /// <summary>The application asks for a channel that the server subscribed by itself; false when this one is somebody's already.</summary>
    internal bool TakeUp(SubscribeOptions options)
    {
        lock (_gate)
        {
            if (_options is not null || _begun)
            {
                return false;
            }

            _options = options;
            if (_stream == Stream.Joined && _queuedFrom is { } start)
            {
                _before = PastStart.Of(options with { From = null }, remembered: true, start) is { } past ? (past, start) : null;
            }

            return true;
        }
    }

    internal void Join(ClientEffect.Join join)
    {
        lock (_gate)
        {
            // One that is behind has not read yet what it has queued.
            if (_stream is not (Stream.Before or Stream.Returning))
            {
                return;
            }

            if (join.Start is { } start)
            {
                if (_stream == Stream.Returning)
                {
                    _before = _queued is { } last && last.Epoch == start.Epoch && last.Offset < start.Offset
                        ? (new PastStart(From.Position(last), last.Offset), start)
                        : null;
                }
                else if (!(join.AsAsked && IsFirst) && _options is { } options)
                {
                    var past = PastStart.Of(options, remembered: IsFirst, start);
                    _before = past is null ? null : (past, start);
                    var live = options.History is null && !IsFirst && (options.From is null || options.From.IsLive);
                    _skipTo = live && join.Head is { } head && head.Epoch == start.Epoch && head.Offset > start.Offset ? head : null;
                }

                _queuedFrom = start;
            }
            else if (_stream == Stream.Returning)
            {
                Queue(new ChannelEvent.Gap(Channel, "lagged", null, null, null));
            }

            _stream = Stream.Joined;
            foreach (var item in join.First)
            {
                Queue(item);
            }
        }
    }

    /// <param name="item">What came.</param>
    /// <param name="alone">The channel has no other subscription: the stream itself waits when this one is too far behind.</param>
    internal void Deliver(ChannelEvent item, bool alone)
    {
        lock (_gate)
        {
            if (_stream is not (Stream.Joined or Stream.Full))
            {
                if (item is not ChannelEvent.Unsubscribed || _stream == Stream.Ended)
                {
                    return;
                }

                if (_stream is Stream.Behind or Stream.Returning)
                {
                    Queue(new ChannelEvent.Gap(Channel, "lagged", null, null, null));
                }
            }

            Queue(item);
            if (_stream != Stream.Joined || _unread < _readAhead)
            {
                return;
            }

            _stream = alone ? Stream.Full : Stream.Behind;
        }

        if (alone)
        {
            _post(new ClientInput.Full(Channel));
        }
    }

    /// <summary>Leaves the stream, to come back when everything queued is read.</summary>
    internal void LeaveStream(bool onlyIfFull)
    {
        lock (_gate)
        {
            if (onlyIfFull && _stream != Stream.Full)
            {
                return;
            }

            _stream = Stream.Behind;
        }

        _post(new ClientInput.Drained(Channel));
    }

    internal void Confirm() => _ready.TrySetResult();

    internal void SetMembers(ImmutableDictionary<string, Member> members) => Members = members;

    internal void End(Fault? fault)
    {
        lock (_gate)
        {
            _stream = Stream.Ended;
        }

        var exception = fault is null ? null : new RealtimeException(fault);
        _ready.TrySetException(exception ?? new RealtimeException(ErrorCodes.Closed, "The subscription was ended."));
        _events.Writer.TryComplete(exception);
    }

    private static Position? Place(ChannelEvent item) => item switch
    {
        ChannelEvent.Message message => message.Position,
        ChannelEvent.Gap gap => gap.Position,
        _ => null,
    };

    /// <summary>Under the lock.</summary>
    private void Queue(ChannelEvent item)
    {
        _unread++;
        _queued = Place(item) ?? (item as ChannelEvent.Subscribed)?.Position ?? _queued;
        _events.Writer.TryWrite(item);
    }

    private (PastStart Start, Position Until)? TakeBefore()
    {
        lock (_gate)
        {
            var before = _before;
            _before = null;
            return before;
        }
    }

    /// <summary>A loop was left before the end of the past: the next one goes on there.</summary>
    private void PutBack((PastStart Start, Position Until)? rest)
    {
        lock (_gate)
        {
            _before ??= rest;
        }
    }

    private void Taken()
    {
        ClientInput? drained = null;
        lock (_gate)
        {
            if (--_unread == 0 && (_stream is Stream.Full or Stream.Behind))
            {
                drained = _stream == Stream.Full ? new ClientInput.Drained(Channel) : new ClientInput.Rejoin(Channel);
                _stream = _stream == Stream.Full ? Stream.Joined : Stream.Returning;
            }
        }

        if (drained is not null)
        {
            _post(drained);
        }
    }

    private bool IsSkipped(ChannelEvent item) =>
        item is ChannelEvent.Message { Position: { } position } && _skipTo is { } skip && position.Epoch == skip.Epoch && position.Offset <= skip.Offset;

    private ChannelEvent Marked(ChannelEvent item) =>
        item is ChannelEvent.Message { Position: { } position } message && _remembered is { } read && position.Epoch == read.Epoch && position.Offset <= read.Offset
            ? message with { Replayed = true }
            : item;

    private void Read(ChannelEvent item)
    {
        lock (_gate)
        {
            if (Place(item) is { } place)
            {
                // What comes again is no step back; a log that was born anew, or ends before, is one.
                var again = item is ChannelEvent.Message && _position is { } position && position.Epoch == place.Epoch && place.Offset <= position.Offset;
                _position = again ? _position : place;
            }
            else if (item is ChannelEvent.Subscribed subscribed)
            {
                _position ??= subscribed.Position;
            }
        }
    }
}
