using System.Collections.Frozen;

namespace Realtime.Messages.Errors;

/// <summary>What each error is called on the wire and what it means. <c>docs/protocol/errors.md</c> is generated from here.</summary>
public static class ErrorRegistry
{
    public static IReadOnlyList<ErrorEntry> All { get; } =
    [
        new(ErrorCode.BadRequest, "bad_request", false, false, "The frame breaks the protocol: a field is missing, has the wrong type or a value out of range. The message names the field."),
        new(ErrorCode.UnknownType, "unknown_type", false, false, "The server knows no frame of this type."),
        new(ErrorCode.NotFound, "not_found", false, false, "What the request names does not exist: the namespace, or a method nobody handles."),
        new(ErrorCode.Unauthorized, "unauthorized", false, false, "The token is missing, malformed, not signed by a known key, or not for this server."),
        new(ErrorCode.TokenExpired, "token_expired", false, false, "The token was right but is over; come back with a new one."),
        new(ErrorCode.Forbidden, "forbidden", false, false, "This session may not do that on this channel."),
        new(ErrorCode.NotSubscribed, "not_subscribed", false, false, "The request needs a subscription to the channel first."),
        new(ErrorCode.TooLarge, "too_large", false, false, "The payload is over the limit of the namespace."),
        new(ErrorCode.TooMany, "too_many", true, false, "A count is over its limit: subscriptions, requests or publishes under way, state keys, connections of a user, bytes that sessions without a token keep per address."),
        new(ErrorCode.RateLimited, "rate_limited", true, false, "Too many requests or bytes per second, of a connection, a user or an address; `retryAfter` says when to go on."),
        new(ErrorCode.SeqExpired, "seq_expired", false, true, "The sequence number is older than what the server remembers: it can no longer tell whether this was published."),
        new(ErrorCode.Unavailable, "unavailable", true, true, "The store or the owner of the channel cannot answer now; `retryAfter` says when to try again."),
        new(ErrorCode.StorageFull, "storage_full", true, false, "The store has no room; nothing was written."),
        new(ErrorCode.Timeout, "timeout", true, true, "No answer in time from the part of the system that had to give one."),
        new(ErrorCode.Internal, "internal", true, true, "A fault of the server. It is logged there; the message says no more."),
        new(ErrorCode.Conflict, "conflict", false, false, "The channel does not end where the publish expected it to, or what is asked for does not fit the state of things; nothing was done."),
    ];

    private static readonly FrozenDictionary<ErrorCode, ErrorEntry> ByCode = All.ToFrozenDictionary(entry => entry.Code);

    public static ErrorEntry Of(ErrorCode code) => ByCode[code];

    public static string NameOf(ErrorCode code) => ByCode[code].Name;
}
