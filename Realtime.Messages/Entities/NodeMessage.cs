namespace Realtime.Messages.Entities;

/// <summary>What entities tell the nodes that hold connections.</summary>
public abstract record NodeMessage;
