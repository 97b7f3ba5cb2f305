using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// An owner's side of taking over the log of a memory channel: asks every keeper, reads from the one that has it, takes it. Ends with the log, or
/// with none once every keeper has said no or is gone: then the former owner was lost, and a new epoch says so to the subscribers.
/// </summary>
/// <typeparam name="TKeeper">A node whose keeper is asked.</typeparam>
internal sealed class LogPull<TKeeper>(ChannelName channel, long attempt, IEnumerable<TKeeper> keepers)
    where TKeeper : class, IEquatable<TKeeper>
{
    private readonly HashSet<TKeeper> _asked = [.. keepers];
    private readonly List<ProducerMarks> _producers = [];
    private readonly List<LogMessage> _messages = [];
    private TKeeper? _source;
    private KeptBounds? _bounds;

    public bool IsOver { get; private set; }

    /// <summary>What was taken; null: there is none. Says something once it is over.</summary>
    public MemoryLog? Log { get; private set; }

    /// <summary>The keeper that has said that it has the log, and went with it; null: none.</summary>
    public TKeeper? LostWith { get; private set; }

    /// <summary>All of it is here, and its keeper has not said yet whose it is.</summary>
    public bool IsTaking => !IsOver && _bounds is { } bounds && _producers.Count == bounds.Producers && _messages.Count == bounds.Head - bounds.Tail + 1;

    /// <summary>Begins, or asks again for what has not come.</summary>
    public IEnumerable<(TKeeper To, KeeperMessage Message)> Ask()
    {
        EndIfNobodyHasIt();
        return IsOver ? []
            : _source is { } source ? [(source, Next())]
            : [.. _asked.Select(keeper => (keeper, Next()))];
    }

    /// <returns>What to send next.</returns>
    public IEnumerable<(TKeeper To, KeeperMessage Message)> Receive(TKeeper from, KeeperMessage message)
    {
        if (IsOver || !_asked.Contains(from))
        {
            return [];
        }

        switch (message)
        {
            case KeeperMessage.NotKept no when no.Attempt == attempt:
                Gone(from);
                break;
            case KeeperMessage.Replaced replaced when replaced.Attempt == attempt && from.Equals(_source):
                // A late message of an earlier owner, or of one that will stop soon. It is asked again after a pause.
                Forget();
                break;
            case KeeperMessage.Given given when given.Attempt == attempt && from.Equals(_source) && IsTaking:
                (Log, IsOver) = (new MemoryLog(_bounds!, _producers, _messages), true);
                break;
            case KeeperMessage.Given given when given.Attempt == attempt:
                // It was given what it has forgotten since.
                Gone(from);
                break;
            case KeeperMessage.Page page when page.Attempt == attempt && (_source is null || from.Equals(_source)) && TryAdd(page):
                _source = from;
                return [(from, Next())];
        }

        return [];
    }

    /// <summary>The node is not in the cluster any more.</summary>
    public void Removed(TKeeper keeper)
    {
        LostWith = keeper.Equals(_source) ? keeper : LostWith;
        Gone(keeper);
    }

    /// <summary>Nothing more is to be had there.</summary>
    private void Gone(TKeeper keeper)
    {
        _asked.Remove(keeper);
        if (keeper.Equals(_source))
        {
            Forget();
        }

        EndIfNobodyHasIt();
    }

    private KeeperMessage Next() => IsTaking
        ? new KeeperMessage.Take(channel, attempt)
        : new KeeperMessage.Read(channel, attempt, _producers.Count, _bounds is { } bounds ? bounds.Tail + _messages.Count - 1 : null);

    /// <returns>False: a repeat.</returns>
    private bool TryAdd(KeeperMessage.Page page)
    {
        if (_bounds is null)
        {
            _bounds = page.Bounds;
        }

        var follows = page.Bounds == _bounds && page.FirstProducer == _producers.Count
            && (page.Messages.Count == 0 || page.Messages[0].Offset == _bounds.Tail + _messages.Count)
            && (page.Messages.Count > 0 || page.Producers.Count > 0 || IsTaking);
        if (follows)
        {
            _producers.AddRange(page.Producers);
            _messages.AddRange(page.Messages);
        }

        return follows;
    }

    private void Forget()
    {
        (_source, _bounds) = (null, null);
        _producers.Clear();
        _messages.Clear();
    }

    private void EndIfNobodyHasIt() => IsOver |= _asked.Count == 0;
}
