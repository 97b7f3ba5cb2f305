namespace Realtime.Messages.Errors;

/// <summary>
/// The registry of errors. Numbers reach peers and logs and are frozen by a test: they are never reused, and a retired one stays listed.
/// The names on the wire, the meaning, whether an error passes by itself and which outcomes it may carry stand in <see cref="ErrorRegistry"/>.
/// </summary>
public enum ErrorCode
{
    BadRequest = 100,
    UnknownType = 101,
    NotFound = 102,
    Unauthorized = 103,
    TokenExpired = 104,
    Forbidden = 105,
    NotSubscribed = 106,
    TooLarge = 107,
    TooMany = 108,
    RateLimited = 109,
    SeqExpired = 110,
    Unavailable = 111,
    StorageFull = 112,
    Timeout = 113,
    Internal = 114,
    Conflict = 115,
}
