using Realtime.Messages.Ids;

namespace Realtime.Node.Events;

/// <summary>What a report is about. The beginning and the end of a session are two things: both are told, however fast one follows the other.</summary>
/// <param name="Session">None: it is about the channel itself.</param>
internal readonly record struct ReportSubject(EventKind Kind, SessionId Session);
