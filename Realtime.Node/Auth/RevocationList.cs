using System.Collections.Concurrent;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>The users and sessions that do not count any more, as this node knows them. Asked on any thread.</summary>
public sealed class RevocationList
{
    /// <summary>How long an entry is known: tokens that were issued before it must be over by then.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private const int RetryAfter = 1_000;
    private readonly ConcurrentDictionary<UserId, long> _users = [];
    private readonly ConcurrentDictionary<SessionId, long> _sessions = [];
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    /// <summary>For a node that is given none: nothing is revoked.</summary>
    public static RevocationList Empty { get; } = CreateEmpty();

    /// <summary>Grows with each entry.</summary>
    public long Version => Volatile.Read(ref _version);

    public int Count => _users.Count + _sessions.Count;

    /// <summary>Ends when everything that was revoked before this node started is known.</summary>
    public Task Read => _read.Task;

    public void Add(UserId user, long at) => Add(_users, user, at);

    public void Add(SessionId session, long at) => Add(_sessions, session, at);

    public void MarkRead() => _read.TrySetResult();

    /// <summary>What was revoked before this moment is forgotten, milliseconds since 1970.</summary>
    public void Forget(long before)
    {
        Forget(_users, before);
        Forget(_sessions, before);
    }

    /// <summary>Whether a connection of this session may stay.</summary>
    public bool Revokes(SessionId session, SessionIdentity? identity) =>
        _sessions.ContainsKey(session) || (identity is not null && _users.TryGetValue(identity.User, out var at) && !(identity.Issued >= at));

    /// <summary>Why a client may not have this session, or be this user; null: it may.</summary>
    public TokenVerdict? Refusal(SessionId session, SessionIdentity? identity) =>
        Revokes(session, identity) ? TokenVerdict.Refused(ErrorCode.Unauthorized, "This was revoked.")
        : identity is not null && !_read.Task.IsCompleted ? TokenVerdict.Unavailable("This node does not know yet what was revoked.", RetryAfter)
        : null;

    private static RevocationList CreateEmpty()
    {
        var list = new RevocationList();
        list.MarkRead();
        return list;
    }

    private static void Forget<TKey>(ConcurrentDictionary<TKey, long> entries, long before)
        where TKey : notnull
    {
        foreach (var entry in entries.Where(entry => entry.Value < before))
        {
            entries.TryRemove(entry);
        }
    }

    private void Add<TKey>(ConcurrentDictionary<TKey, long> entries, TKey key, long at)
        where TKey : notnull
    {
        entries.AddOrUpdate(key, at, (_, known) => Math.Max(known, at));
        Interlocked.Increment(ref _version);
    }
}
