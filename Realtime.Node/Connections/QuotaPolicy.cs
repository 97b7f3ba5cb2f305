namespace Realtime.Node.Connections;

/// <summary>What one user, or one address, may use of a node.</summary>
public sealed record QuotaPolicy
{
    /// <summary>What bytes may come at once, in seconds of <see cref="Bytes"/>.</summary>
    public const int BytesBurstSeconds = 4;

    /// <summary>Open at a time. Of a user: sessions with a connection, so that one that takes over from another counts once.</summary>
    public required int Sockets { get; init; }

    /// <summary>Per second over time.</summary>
    public required int Handshakes { get; init; }

    public required int HandshakeBurst { get; init; }

    /// <summary>Per second over time.</summary>
    public required int Requests { get; init; }

    public required int RequestBurst { get; init; }

    /// <summary>Of requests, per second over time.</summary>
    public required long Bytes { get; init; }

    public required int Subscriptions { get; init; }

    /// <summary>Channels where its sessions show something, each counted.</summary>
    public required int Presence { get; init; }

    public long BytesBurst => Bytes * BytesBurstSeconds;
}
