using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>What <see cref="EventLogMachine"/> wants done, in this order.</summary>
public abstract record LogEffect
{
    private LogEffect()
    {
    }

    /// <summary>At most one is under way.</summary>
    public sealed record Persist(LoggedEvent Event) : LogEffect;

    public sealed record Report(LogNews News) : LogEffect;

    public sealed record SaveSnapshot(long SequenceNr, ChannelSnapshot Snapshot) : LogEffect;

    /// <summary>Deletes rows up to this number. At most one deletion is under way.</summary>
    public sealed record DeleteRows(long Through) : LogEffect;

    public sealed record DeleteSnapshots(long Through) : LogEffect;

    /// <summary>Stops the actor. Nothing follows.</summary>
    public sealed record Stop : LogEffect;
}
