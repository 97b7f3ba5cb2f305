using Akka.Actor;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence;

/// <summary>Why a log's actor stops; goes to its parent before.</summary>
/// <param name="NothingWritten">None of its appends without an answer is written, and none will be.</param>
internal sealed record LogFailure(StoreFailureKind Kind, bool NothingWritten) : INoSerializationVerificationNeeded;
