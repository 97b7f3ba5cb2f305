namespace Realtime.Node.Outboxes;

/// <summary>How events are brought to one of those who take them. Bounds are of each outbox.</summary>
internal sealed record DeliveryPolicy
{
    /// <summary>Events under way at a time, each of another order key.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Tries of one event, after which it is a dead letter.</summary>
    public int Attempts { get; init; } = 20;

    /// <summary>From an event's first try, after which it is a dead letter.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(1);

    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause doubles with each try, up to this one.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Events that are read and not settled; beyond it no more are read.</summary>
    public int Pending { get; init; } = 1_024;

    /// <summary>Bytes of what they carry.</summary>
    public int PendingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How far it has come is written this often, while it comes further.</summary>
    public TimeSpan PlaceEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Reports and places after which the whole state is written again: a successor reads the outbox again from there.</summary>
    public int CheckpointReports { get; init; } = 5_000;

    public int CheckpointPlaces { get; init; } = 1_000;

    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often an outbox is looked at that had nothing new.</summary>
    public TimeSpan LongestLook { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FirstLook { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>What a delivery under way may still take when its worker is to stop.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A target that has no place yet begins with what is at most this old: it may be there for the first time together with its node.</summary>
    public TimeSpan Before { get; init; } = TimeSpan.FromMinutes(1);
}
