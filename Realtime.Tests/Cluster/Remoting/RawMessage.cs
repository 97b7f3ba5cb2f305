namespace Realtime.Tests.Cluster.Remoting;

/// <summary>Bytes as a node of another version, or a broken one, would send them.</summary>
internal sealed record RawMessage(string Manifest, byte[] Bytes);
