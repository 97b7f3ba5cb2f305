namespace Realtime.Messages.Errors;

/// <param name="Name">The <c>reason</c> of <c>goodbye</c> and of the WebSocket close frame.</param>
public sealed record CloseEntry(CloseCode Code, string Name, CloseAction Action, string Meaning);
