namespace Realtime.Messages.Cluster;

/// <summary>The two kinds of entities that are spread over nodes. Each has shards of its own, numbered alike. The numbers travel between nodes.</summary>
public enum EntityKind
{
    Session = 1,
    Channel = 2,
}
