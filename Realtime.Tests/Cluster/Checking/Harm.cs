namespace Realtime.Tests.Cluster.Checking;

/// <summary>A time for which a node may be declared dead: something was done to it that is reason enough.</summary>
internal sealed record Harm(string Node, string Kind, DateTimeOffset From, DateTimeOffset To);
