namespace Realtime.Node.Events;

/// <summary>What became of one try to deliver an event.</summary>
internal abstract record EventOutcome
{
    private EventOutcome()
    {
    }

    public static EventOutcome Done { get; } = new Delivered();

    public sealed record Delivered : EventOutcome;

    /// <summary>It is tried again, and what follows it under its order key waits.</summary>
    /// <param name="After">Not before; null: by the back-off.</param>
    public sealed record Failed(string Why, TimeSpan? After = null) : EventOutcome;

    /// <summary>It was not tried, because the target takes nothing now; that counts as no try.</summary>
    public sealed record Held(string Why, TimeSpan After) : EventOutcome;

    /// <summary>Trying again is of no use: it goes to the dead letters.</summary>
    public sealed record Refused(string Why) : EventOutcome;
}
