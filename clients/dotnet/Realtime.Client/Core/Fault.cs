namespace Realtime.Client.Core;

/// <summary>An expected failure, as a value: what a <see cref="RealtimeException"/> is made of.</summary>
internal sealed record Fault(string Code, string Message, Outcome Outcome = Outcome.None, TimeSpan? RetryAfter = null)
{
    public bool IsTemporary => RetryAfter is not null || ErrorCodes.IsTemporary(Code);
}
