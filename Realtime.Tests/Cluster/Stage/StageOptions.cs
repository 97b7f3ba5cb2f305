namespace Realtime.Tests.Cluster.Stage;

/// <summary>How a cluster under test is set up, and how long what is done to it lasts.</summary>
internal sealed record StageOptions
{
    /// <summary>What nodes take for the time after which one is lost whose row in the store stands still.</summary>
    public static readonly TimeSpan Detection = TimeSpan.FromSeconds(8);

    public int Nodes { get; init; } = 1;

    /// <summary>Options of each node beside those of all tests, as variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Contact points beside several nodes, which half of the clients ask where to connect.</summary>
    public int Lighthouses { get; init; }

    /// <summary>Of sessions, and of whoever was present at a node that is lost: longer than a client takes to notice a silent node and to come back.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>At most; a pause that is over before anybody can take the node for lost.</summary>
    public TimeSpan ShortPause { get; init; } = Detection * 0.6;

    /// <summary>At least; a pause that outlives what the node knows of itself: its right to answer is over when it goes on.</summary>
    public TimeSpan LongPause { get; init; } = Detection * 1.3;

    /// <summary>At most.</summary>
    public TimeSpan LongestPause { get; init; } = Detection * 2;

    /// <summary>How long a store is out of reach, at most.</summary>
    public TimeSpan StoreOutage { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nodes do not hear each other, at most, when nobody may be downed for it.</summary>
    public TimeSpan ShortPartition { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long nodes do not hear each other, when one of them has to go: longer than they wait for a healing.</summary>
    public TimeSpan LongPartition { get; init; } = TimeSpan.FromSeconds(36);
}
