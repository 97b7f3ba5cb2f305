namespace Realtime.Lighthouse;

/// <summary>The store has not answered.</summary>
/// <param name="Since">By this machine's clock, for people.</param>
internal sealed record StoreTrouble(DateTimeOffset Since, string Fault);
