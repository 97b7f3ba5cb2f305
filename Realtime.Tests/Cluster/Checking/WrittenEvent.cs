namespace Realtime.Tests.Cluster.Checking;

/// <summary>Who wrote an event of a log.</summary>
/// <param name="Life">Which life of which node.</param>
/// <param name="Opens">It is the fence that a writer begins with, behind which no older writer's append is taken.</param>
internal readonly record struct WrittenEvent(long Life, bool Opens);
