using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What <see cref="AnonymousLedger"/> knows of one session; only the ledger changes it.</summary>
internal sealed class AnonymousSession(SessionId id, AnonymousAddress address)
{
    public SessionId Id => id;

    /// <summary>Where it was counted first. It stays there: a session that moved its bytes along would make room for others behind it.</summary>
    public AnonymousAddress Address => address;

    /// <summary>Connections that stand for it; two for a moment, when one takes over from another.</summary>
    public int Connections { get; set; }

    /// <summary>What its connections say it holds, together.</summary>
    public long Live { get; set; }

    /// <summary>What it held when the last of those that left was asked. A connection that comes sees the state itself, and that counts then.</summary>
    public long Kept { get; set; }

    /// <summary>One left before its last changes were answered: what the next one sees may be older than they are.</summary>
    public bool IsUnsure { get; set; }

    public long Bytes => Math.Max(Live, Kept);

    /// <summary>When a change of presence was last charged with the whole row, monotonic milliseconds.</summary>
    public long? RowCharged { get; set; }

    /// <summary>Its place among those without a connection, the longest gone first.</summary>
    public LinkedListNode<AnonymousSession>? Gone { get; set; }

    /// <summary>Monotonic milliseconds.</summary>
    public long GoneAt { get; set; }

    /// <summary>It has ended, or was forgotten: what its connections still say of it is not counted.</summary>
    public bool IsOver { get; set; }
}
