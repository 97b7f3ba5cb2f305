namespace Realtime.Node.Cluster.Serialization;

/// <summary>One kind of message between nodes.</summary>
/// <param name="Manifest">Names it on the wire; frozen by a test.</param>
/// <param name="Message">Its type.</param>
internal sealed record WireCase(string Manifest, Type Message, Func<object, byte[]> Write, Func<byte[], object> Read);
