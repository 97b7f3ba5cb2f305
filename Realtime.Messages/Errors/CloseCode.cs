namespace Realtime.Messages.Errors;

/// <summary>
/// Why the server closes a connection. The number alone tells the client what to do: 4000–4099 reconnect, 4100–4199 resume at once
/// elsewhere, 4200–4299 final; numbers below 4000 are RFC 6455's. Frozen by a test.
/// </summary>
public enum CloseCode
{
    Normal = 1000,
    ProtocolError = 1002,
    InvalidText = 1007,
    MessageTooBig = 1009,
    Overloaded = 1013,

    Restart = 4000,
    Silent = 4001,
    TooSlow = 4002,
    SessionUnavailable = 4003,
    InternalFault = 4004,
    HelloTimeout = 4005,
    TokenExpired = 4006,
    Disconnected = 4007,

    Drain = 4100,

    Superseded = 4200,
    Ended = 4201,
    HelloExpected = 4202,
    Unauthorized = 4203,
    Flood = 4204,
    Kicked = 4205,
}
