namespace Realtime.Client;

/// <summary>The names a <see cref="RealtimeException.Code"/> can have: the server's, and those of this client.</summary>
public static class ErrorCodes
{
    public const string BadRequest = "bad_request";
    public const string UnknownType = "unknown_type";
    public const string NotFound = "not_found";
    public const string Unauthorized = "unauthorized";
    public const string TokenExpired = "token_expired";
    public const string Forbidden = "forbidden";
    public const string NotSubscribed = "not_subscribed";
    public const string TooLarge = "too_large";
    public const string TooMany = "too_many";
    public const string RateLimited = "rate_limited";
    public const string SeqExpired = "seq_expired";
    public const string Unavailable = "unavailable";
    public const string StorageFull = "storage_full";
    public const string Timeout = "timeout";
    public const string Internal = "internal";
    public const string Conflict = "conflict";

    /// <summary>The session was taken over by a newer connection. Final.</summary>
    public const string Superseded = "superseded";

    /// <summary>This client: it was closed or disposed.</summary>
    public const string Closed = "closed";

    /// <summary>This client: no connection could be opened, or the server refused the handshake.</summary>
    public const string ConnectFailed = "connect_failed";

    /// <summary>This client: the connection broke before the answer came, and the request must not be repeated.</summary>
    public const string ConnectionLost = "connection_lost";

    /// <summary>This client: <see cref="RealtimeClientOptions.QueueLimit"/> requests are waiting already.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>This client: <see cref="RealtimeClientOptions.TokenProvider"/> failed.</summary>
    public const string TokenUnavailable = "token_unavailable";

    internal static bool IsTemporary(string code) => code is TooMany or RateLimited or Unavailable or StorageFull or Timeout or Internal or TokenUnavailable or QueueFull or ConnectFailed;
}
