namespace Realtime.Tests.Cluster.Stage;

/// <summary>A node's row became dead.</summary>
/// <param name="By">Name of the node whose transaction did it.</param>
/// <param name="At">Unix milliseconds.</param>
internal sealed record Death(string Node, long Incarnation, string By, long At);
