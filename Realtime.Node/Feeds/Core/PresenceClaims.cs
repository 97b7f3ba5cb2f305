using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds.Core;

/// <summary>
/// What a feed claims of the presence of its subscribers' sessions, and what of that its channel has not confirmed. A repeat may arrive
/// after a newer statement of its session: the channel tells them apart by their stamps.
/// </summary>
internal sealed class PresenceClaims
{
    private readonly Dictionary<SessionId, PresenceClaim> _present = [];
    private readonly OrderedDictionary<SessionId, PresenceStatement> _waiting = [];
    private readonly Dictionary<long, IReadOnlyList<PresenceStatement>> _sent = [];

    /// <summary>Whether the channel has confirmed everything.</summary>
    public bool AreConfirmed => _waiting.Count == 0 && _sent.Count == 0;

    /// <summary>A session is present, or its data has changed. Ignored when a newer attachment speaks for it.</summary>
    public void Claim(PresenceClaim claim)
    {
        var session = claim.Member.Session;
        if (!_present.TryGetValue(session, out var known) || claim.Stamp > known.Stamp)
        {
            _present[session] = claim;
            Put(new PresenceStatement.Claimed(claim));
        }
    }

    /// <summary>A session is not to be seen any more. Ignored when a newer attachment speaks for it.</summary>
    public void Withdraw(SessionId session, PresenceStamp stamp)
    {
        if (!_present.TryGetValue(session, out var known) || stamp > known.Stamp)
        {
            _present.Remove(session);
            Put(new PresenceStatement.Withdrawn(session, stamp));
        }
    }

    /// <summary>
    /// A connection is gone and its session may come back: it stays present for the others, but this feed does not speak for it any more.
    /// </summary>
    public void Forget(SessionId session, Attachment attachment)
    {
        if (_present.TryGetValue(session, out var known) && known.Stamp.Attachment == attachment)
        {
            _present.Remove(session);
        }
    }

    /// <summary>Another actor owns the channel: it is to be told everything.</summary>
    public void Restate()
    {
        // The newest first: of one session several may be under way.
        var sent = _sent.OrderByDescending(request => request.Key).SelectMany(request => request.Value);
        foreach (var statement in sent.OfType<PresenceStatement.Withdrawn>())
        {
            _waiting.TryAdd(statement.Session, statement);
        }

        _sent.Clear();
        foreach (var claim in _present.Values)
        {
            Put(new PresenceStatement.Claimed(claim));
        }
    }

    /// <summary>The statements to send next in one request: claims that fit together, or one withdrawal. Empty: none for now.</summary>
    /// <param name="tag">Of the request; given back to <see cref="Confirm"/>.</param>
    public IReadOnlyList<PresenceStatement> Next(long tag, int maxBytes)
    {
        var next = new List<PresenceStatement>();
        long bytes = 0;
        foreach (var statement in _waiting.Values)
        {
            bytes += statement is PresenceStatement.Claimed claimed ? RosterPart.BytesOf(claimed.Claim.Member) : 0;
            if (next.Count > 0 && (bytes > maxBytes || statement is PresenceStatement.Withdrawn))
            {
                break;
            }

            next.Add(statement);
            if (statement is PresenceStatement.Withdrawn)
            {
                break;
            }
        }

        next.ForEach(statement => _waiting.Remove(statement.Session));

        if (next.Count > 0)
        {
            _sent.Add(tag, next);
        }

        return next;
    }

    /// <returns>False when it was no request of these, or of a former owner.</returns>
    public bool Confirm(long tag) => _sent.Remove(tag);

    /// <summary>Requests without an answer, to be sent again as they were.</summary>
    public IEnumerable<KeyValuePair<long, IReadOnlyList<PresenceStatement>>> Unconfirmed => _sent;

    /// <summary>In the order of their coming: the newest statement of a session goes to the end.</summary>
    private void Put(PresenceStatement statement)
    {
        _waiting.Remove(statement.Session);
        _waiting.Add(statement.Session, statement);
    }
}
