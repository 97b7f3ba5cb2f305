namespace Realtime.Messages.Entities;

/// <summary>What may be told to an entity, wherever it lives. Immutable: it may cross to another node.</summary>
public abstract record EntityMessage;
