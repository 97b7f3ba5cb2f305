using System.Runtime.InteropServices;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// What one connection's session without a token holds, key by key, so that a change is charged with what it adds. A key that is being changed
/// counts as the largest of what it was and what it may become.
/// </summary>
internal sealed class AnonymousShare
{
    private readonly IAnonymousSessions _sessions;
    private readonly AnonymousSession _session;
    private Dictionary<string, KeySize>? _keys;
    private long _held;
    private int _unanswered;

    /// <param name="state">As the session has it.</param>
    public AnonymousShare(
        IAnonymousSessions sessions, ClientAddress address, SessionId session, IReadOnlyList<KeyValuePair<string, Payload>> state, long now)
    {
        _sessions = sessions;
        foreach (var (key, value) in state)
        {
            var size = SizeOf(key, value);
            (_keys ??= [])[key] = new KeySize(size, size, 0);
            _held += size;
        }

        _session = sessions.Enter(address, session, _held, now);
    }

    /// <summary>The client said bye, and the session has not refused it.</summary>
    public bool IsEnding { get; set; }

    /// <returns>Null: the session may be asked, and <see cref="Answered"/> is due.</returns>
    public Refusal? Set(string key, int size, long now)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys ??= [], key, out var exists);
        var more = Math.Max(0, size - known.Peak);
        var refusal = _sessions.ChangeState(_session, more, now);
        if (refusal is null)
        {
            known = known with { Peak = known.Peak + more, Unanswered = known.Unanswered + 1 };
            _held += more;
            _unanswered++;
        }
        else if (!exists)
        {
            _keys.Remove(key);
        }

        return refusal;
    }

    /// <summary>The session has answered a <see cref="Set"/>; in the order in which it wrote.</summary>
    /// <param name="isWritten">Null: it is not known.</param>
    public void Answered(string key, int size, bool? isWritten)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_keys!, key);
        var committed = isWritten switch
        {
            true => size,
            false => known.Committed,
            null => Math.Max(size, known.Committed),
        };
        known = known with { Committed = committed, Unanswered = known.Unanswered - 1 };
        _unanswered--;
        if (known.Unanswered > 0)
        {
            return;
        }

        Release(known.Peak - committed);
        known = known with { Peak = committed };
        if (committed == 0)
        {
            _keys!.Remove(key);
        }
    }

    /// <param name="before">Bytes that were shown so far.</param>
    /// <param name="after">Bytes that are to be shown instead.</param>
    public Refusal? Show(int before, int after, long now)
    {
        if (after > 0 && _sessions.ChangePresence(_session, Math.Max(0, after - before), after, now) is { } refusal)
        {
            return refusal;
        }

        _held += Math.Max(0, after - before);
        Release(Math.Max(0, before - after));
        return null;
    }

    /// <summary>The session shows this already.</summary>
    public void Shown(int bytes)
    {
        _held += bytes;
        _sessions.Add(_session, bytes);
    }

    public void Release(int bytes)
    {
        if (bytes > 0)
        {
            _held -= bytes;
            _sessions.Release(_session, bytes);
        }
    }

    public void Leave(long now) => _sessions.Leave(
        _session, _held, IsEnding ? AnonymousParting.Ended : _unanswered > 0 ? AnonymousParting.Unsure : AnonymousParting.Settled, now);

    /// <summary>As the session itself counts; nothing for a value that is removed.</summary>
    public static int SizeOf(string key, Payload? value) => value is { } kept ? key.Length + kept.Length : 0;

    /// <param name="Peak">The largest that it is or may become.</param>
    private readonly record struct KeySize(int Committed, int Peak, int Unanswered);
}
