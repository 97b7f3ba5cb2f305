namespace Realtime.Messages.Errors;

/// <param name="Name">On the wire.</param>
/// <param name="Temporary">The same request may succeed later.</param>
/// <param name="MayBeUnknown">It may carry <see cref="Outcome.Unknown"/>.</param>
public sealed record ErrorEntry(ErrorCode Code, string Name, bool Temporary, bool MayBeUnknown, string Meaning);
