using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence;

/// <param name="SequenceNr">Of its newest event.</param>
/// <param name="HasEnded">The newest event says so.</param>
public readonly record struct IdleSession(SessionId Session, long SequenceNr, bool HasEnded);
