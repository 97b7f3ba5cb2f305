namespace Realtime.Tests.Cluster.Failures;

/// <summary>The failure modes share one cluster, and run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FailureCollection : ICollectionFixture<ThreeNodes>
{
    public const string Name = "failure modes";
}
