namespace Realtime.Tests.Cluster;

/// <summary>Several real processes and a database are all that two cores carry: these tests run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneClusterAtATime
{
    public const string Name = "one cluster at a time";
}
