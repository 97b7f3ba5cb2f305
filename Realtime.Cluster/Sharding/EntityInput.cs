namespace Realtime.Cluster.Sharding;

/// <summary>One letter in an entity's mailbox: a message from outside with the address of its answer, or a signal of the entity's own shell.</summary>
public readonly record struct EntityInput(object Message, ReplyTo ReplyTo = default);
