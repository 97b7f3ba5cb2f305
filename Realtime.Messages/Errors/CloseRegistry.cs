using System.Collections.Frozen;

namespace Realtime.Messages.Errors;

/// <summary>What each close code means and what the client does. <c>docs/protocol/errors.md</c> is generated from here.</summary>
public static class CloseRegistry
{
    public static IReadOnlyList<CloseEntry> All { get; } =
    [
        new(CloseCode.Normal, "normal", CloseAction.Final, "The client closed."),
        new(CloseCode.ProtocolError, "protocol_error", CloseAction.Final, "What came is not the protocol: not JSON, nested too deep, or a binary message on a text subprotocol."),
        new(CloseCode.InvalidText, "invalid_text", CloseAction.Final, "A text message is not valid UTF-8."),
        new(CloseCode.MessageTooBig, "message_too_big", CloseAction.Final, "A frame is larger than `limits.frameBytes`."),
        new(CloseCode.Overloaded, "overloaded", CloseAction.Reconnect, "The node takes no more connections now."),
        new(CloseCode.Restart, "restart", CloseAction.Reconnect, "The node stops; come back."),
        new(CloseCode.Silent, "silent", CloseAction.Reconnect, "Nothing came from the client for `ping.every + ping.timeout`."),
        new(CloseCode.TooSlow, "too_slow", CloseAction.Reconnect, "The client did not read for too long, or the namespace's `lag` policy is `close`."),
        new(CloseCode.SessionUnavailable, "session_unavailable", CloseAction.Reconnect, "The session cannot be reached now."),
        new(CloseCode.InternalFault, "internal_fault", CloseAction.Reconnect, "A fault of the server ended this connection."),
        new(CloseCode.Drain, "drain", CloseAction.Resume, "The node is being drained; resume on another one."),
        new(CloseCode.Superseded, "superseded", CloseAction.Final, "A newer connection resumed the session."),
        new(CloseCode.Ended, "ended", CloseAction.Final, "The session has ended (`bye`)."),
        new(CloseCode.HelloExpected, "hello_expected", CloseAction.Final, "The first frame was not a `hello`, or there was a second one."),
        new(CloseCode.HelloTimeout, "hello_timeout", CloseAction.Reconnect, "No `hello` came in time."),
        new(CloseCode.Unauthorized, "unauthorized", CloseAction.Final, "The token was refused or taken back, or there must be one."),
        new(CloseCode.TokenExpired, "token_expired", CloseAction.Reconnect, "The token is over; come back with a new one."),
        new(CloseCode.Disconnected, "disconnected", CloseAction.Reconnect, "An operator closed the connection; the session stays."),
        new(CloseCode.Flood, "flood", CloseAction.Final, "The client went on above the rate after it had been told."),
        new(CloseCode.Kicked, "kicked", CloseAction.Final, "An operator or the application ended the session."),
    ];

    private static readonly FrozenDictionary<CloseCode, CloseEntry> ByCode = All.ToFrozenDictionary(entry => entry.Code);

    public static CloseEntry Of(CloseCode code) => ByCode[code];
}
