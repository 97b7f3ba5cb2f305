using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Schedules.Core;

/// <summary>What is known of a scheduled publish without its message, which stays in the log until it is due. Changed by its <see cref="ScheduleBook"/> alone.</summary>
/// <param name="due">Milliseconds since 1970.</param>
internal sealed class ScheduleEntry(ScheduleId id, ChannelName channel, long due, string owner, int size)
{
    public ScheduleId Id => id;

    public ChannelName Channel => channel;

    public long Due => due;

    /// <summary>The API key that made it; empty for the application's own code.</summary>
    public string Owner => owner;

    /// <summary>Of its message, bytes.</summary>
    public int Size => size;

    /// <summary>Idempotency key; null: none.</summary>
    public string? Key { get; init; }

    /// <summary>Milliseconds from <see cref="Due"/> after which it is published no more; null: there is no such time.</summary>
    public long? TimeToLive { get; init; }

    /// <summary>Where it stands in its log; none until it is written.</summary>
    public StreamPosition Position { get; set; }

    public ScheduleState State { get; set; } = ScheduleState.Writing;

    /// <summary>When it was claimed to be published, milliseconds since 1970; null: it was not.</summary>
    public long? ClaimedAt { get; set; }

    /// <summary>Once it is over.</summary>
    public ScheduleEnd? End { get; set; }

    public bool IsOver => State >= ScheduleState.Fired;

    public bool HasExpired(long now) => TimeToLive is { } ttl && now >= Due + ttl;
}
