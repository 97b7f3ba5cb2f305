using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding.Core;

/// <summary>
/// This node's way to the entities of one shard, as a pure machine. Messages go to the owner in order of their tags; until each one's
/// answer has come they are kept, and what the owner did not handle goes to the next one. When the owner changes, nothing is sent to the new
/// one before the old one has answered or returned everything: a message can therefore not overtake an earlier one of the same sender.
/// </summary>
/// <remarks>A node that does not own the shard at the epoch of a request returns it untouched (<see cref="Returned"/>); it never forwards.</remarks>
internal sealed class ShardRoute(RouteLimits limits)
{
    /// <summary>Sent at <see cref="_sentEpoch"/> and not answered.</summary>
    private readonly SortedDictionary<long, Routed> _sent = [];
    private readonly SortedDictionary<long, Routed> _waiting = [];
    private Incarnation _owner;
    private long _epoch;
    private Incarnation _sentTo;
    private long _sentEpoch;
    private long _returnedEpoch = -1;
    private long _changedAt;
    private long _waitingBytes;
    private bool _here;
    private bool _open;

    /// <summary>Nothing is under way and nothing waits: a message that comes now may take the direct way.</summary>
    public bool IsIdle => _sent.Count == 0 && _waiting.Count == 0;

    /// <summary>Who was sent what has no answer yet; none when nothing is under way.</summary>
    public Incarnation Awaited => _sent.Count > 0 ? _sentTo : default;

    private bool MaySend => _open && !_owner.IsNone && _epoch > _returnedEpoch && (_sent.Count == 0 || (_sentEpoch == _epoch && _sentTo == _owner));

    public void Add(Routed message, List<RouteEffect> effects)
    {
        if (_waiting.Count > 0 || !MaySend)
        {
            if (_waiting.Count >= limits.Messages || _waitingBytes + message.Message.Size > limits.Bytes)
            {
                effects.Add(new RouteEffect.Refuse(message, Busy(message)));
                return;
            }

            Wait(message);
            Flush(effects);
            return;
        }

        Go(message, effects);
    }

    /// <summary>The answer to a message has come: it is done.</summary>
    /// <returns>Null: it was not waited for any more.</returns>
    public Routed? Answered(long tag, List<RouteEffect> effects)
    {
        if (_sent.Remove(tag, out var message))
        {
            Flush(effects);
            return message;
        }

        // Sent before a link was lost, and still handled: what would be sent again is done.
        if (_waiting.Remove(tag, out message))
        {
            _waitingBytes -= message.Message.Size;
        }

        return message;
    }

    /// <summary>The node asked does not own the shard at that epoch; it knows of <paramref name="epoch"/>.</summary>
    public void Returned(long tag, long epoch, List<RouteEffect> effects)
    {
        if (!_sent.Remove(tag, out var message))
        {
            return;
        }

        message.IsInDoubt = false;
        Wait(message);
        if (_sentEpoch > _returnedEpoch)
        {
            _returnedEpoch = _sentEpoch;
            if (_epoch <= _returnedEpoch || epoch > _epoch)
            {
                effects.Add(RouteEffect.Refresh.Instance);
            }
        }

        Flush(effects);
    }

    /// <summary>The view has the owner, or nobody.</summary>
    /// <param name="here">The owner is this node and its region takes messages.</param>
    /// <param name="open">Messages can be sent there now.</param>
    /// <param name="lost">Whoever had it last is gone: its answers will not come.</param>
    public void Follow(Incarnation owner, long epoch, bool here, bool open, bool lost, long now, List<RouteEffect> effects)
    {
        if (epoch < _epoch)
        {
            return;
        }

        if (epoch > _epoch || owner != _owner)
        {
            _changedAt = now;
        }

        (_owner, _epoch, _here, _open) = (owner, epoch, here, open);
        if (lost)
        {
            Lose(effects);
        }

        Flush(effects);
    }

    /// <summary>A stream between this node and that one was lost, and with it requests or answers.</summary>
    public void Reset(Incarnation peer, List<RouteEffect> effects)
    {
        if (peer == _owner)
        {
            _open = false;
        }

        if (peer == _sentTo)
        {
            Lose(effects);
        }
    }

    /// <summary>Takes out what waits, in order: it has to come after something else.</summary>
    public IReadOnlyList<Routed> TakeWaiting()
    {
        Routed[] all = [.. _waiting.Values];
        _waiting.Clear();
        _waitingBytes = 0;
        return all;
    }

    /// <summary>The link did not take it: it waits until one does, or is refused when that takes too long.</summary>
    public void NotTaken(Routed message)
    {
        _sent.Remove(message.Tag);
        Wait(message);
        _open = false;
    }

    /// <summary>Time passes: what has waited too long is refused, what the old owner keeps to itself for too long counts as lost.</summary>
    public void Tick(long now, List<RouteEffect> effects)
    {
        if (IsIdle)
        {
            return;
        }

        if (_sent.Count > 0 && (_sentEpoch != _epoch || _sentTo != _owner) && now - _changedAt > limits.Patience)
        {
            Lose(effects);
        }

        Expire(_sent, now, limits.AnswerWithin, effects);
        Expire(_waiting, now, limits.WaitAtMost, effects);
        Flush(effects);
    }

    private void Expire(SortedDictionary<long, Routed> messages, long now, long limit, List<RouteEffect> effects)
    {
        // In order of tags is in order of age.
        while (messages.Count > 0 && messages.First().Value is { } oldest && now - oldest.Since > limit)
        {
            messages.Remove(oldest.Tag);
            if (ReferenceEquals(messages, _waiting))
            {
                _waitingBytes -= oldest.Message.Size;
            }

            effects.Add(new RouteEffect.Refuse(oldest, ReferenceEquals(messages, _sent) || oldest.IsInDoubt ? InDoubt : Nobody));
        }
    }

    /// <summary>Nobody will answer what was sent. What may be repeated is; of the rest nobody can say whether it was done.</summary>
    private void Lose(List<RouteEffect> effects)
    {
        foreach (var (_, message) in _sent)
        {
            if (message.Message.IsRepeatable)
            {
                message.IsInDoubt = true;
                Wait(message);
            }
            else
            {
                effects.Add(new RouteEffect.Refuse(message, InDoubt));
            }
        }

        _sent.Clear();
    }

    private void Flush(List<RouteEffect> effects)
    {
        while (_waiting.Count > 0 && MaySend)
        {
            var (tag, message) = _waiting.First();
            _waiting.Remove(tag);
            _waitingBytes -= message.Message.Size;
            Go(message, effects);
        }
    }

    private void Go(Routed message, List<RouteEffect> effects)
    {
        if (_here)
        {
            effects.Add(new RouteEffect.Deliver(message));
            return;
        }

        (_sentTo, _sentEpoch) = (_owner, _epoch);
        _sent.Add(message.Tag, message);
        effects.Add(new RouteEffect.Send(message));
    }

    private void Wait(Routed message)
    {
        _waiting.Add(message.Tag, message);
        _waitingBytes += message.Message.Size;
    }

    private static EntityReply.Refused Busy(Routed message) =>
        new(ErrorCode.Unavailable, "too many requests wait for the owner of this shard", 500, message.IsInDoubt ? Outcome.Unknown : Outcome.None);

    private static EntityReply.Refused Nobody { get; } =
        new(ErrorCode.Unavailable, "nobody owns this shard at the moment", 1000);

    private static EntityReply.Refused InDoubt { get; } =
        new(ErrorCode.Unavailable, "the owner of this shard was lost with the request", 500, Outcome.Unknown);
}
