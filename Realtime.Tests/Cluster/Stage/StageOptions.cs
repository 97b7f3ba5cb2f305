namespace Realtime.Tests.Cluster.Stage;

/// <summary>How a cluster under test is set up, and how long what is done to it lasts.</summary>
internal sealed record StageOptions
{
    public int Nodes { get; init; } = 1;

    /// <summary>A pause that is over before anybody can take the node for lost.</summary>
    public TimeSpan ShortPause { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>A pause that outlives what the node knows of itself: its right to write is over when it goes on.</summary>
    public TimeSpan LongPause { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a store is out of a node's reach.</summary>
    public TimeSpan StoreOutage { get; init; } = TimeSpan.FromSeconds(3);
}
