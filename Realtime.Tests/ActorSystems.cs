namespace Realtime.Tests;

/// <summary>
/// Tests that start actor systems, journals and whole nodes run after everything else and one after the other: they would take the cores from tests that
/// drive time by hand, and from each other.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ActorSystems
{
    public const string Name = "actor systems";
}
