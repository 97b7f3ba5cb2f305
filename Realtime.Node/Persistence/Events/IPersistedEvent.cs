namespace Realtime.Node.Persistence.Events;

/// <summary>Marks what a journal or a snapshot store keeps: the serializer is bound to it.</summary>
public interface IPersistedEvent;
