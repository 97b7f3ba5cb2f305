namespace Realtime.Messages.Operators;

/// <summary>The store as a node reaches it.</summary>
/// <param name="Description">Kind and place, without credentials.</param>
/// <param name="Fault">Why it is not well.</param>
public sealed record StoreStatus(string Description, bool Durable, bool Well, string? Fault);
