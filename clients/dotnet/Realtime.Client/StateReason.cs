namespace Realtime.Client;

/// <summary>Why a client is not connected.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>, or the reason of a goodbye.</param>
/// <param name="Message">For people: the address and what it answered, where there is one.</param>
public sealed record StateReason(string Code, string Message);
