using System.Globalization;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Operations.Questions;

/// <summary>How states are called in answers.</summary>
internal static class Words
{
    public static string Of(NodePhase phase) => phase switch
    {
        NodePhase.Starting => "starting",
        NodePhase.Serving => "serving",
        NodePhase.Draining => "draining",
        NodePhase.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "There is no such phase."),
    };

    /// <summary>Whether a node takes part: by what operators want of it, and by what becomes of it.</summary>
    public static string Of(MemberSnapshot member) => member switch
    {
        { Standing: MemberStanding.Down } => "dead",
        { IsDraining: true, Row: { SessionShards.IsEmpty: true, ChannelShards.IsEmpty: true, Connections: 0 } } => "drained",
        { IsDraining: true } => "draining",
        _ => "active",
    };

    public static string Of(BreakerState breaker) => breaker switch
    {
        BreakerState.Closed => "closed",
        BreakerState.HalfOpen => "half-open",
        BreakerState.Open => "open",
        _ => throw new ArgumentOutOfRangeException(nameof(breaker), breaker, "There is no such state."),
    };

    public static string Of(StoreFailureKind kind) => kind switch
    {
        StoreFailureKind.StorageFull => "full",
        StoreFailureKind.OutOfReach => "out-of-reach",
        StoreFailureKind.UniqueViolation => "conflict",
        StoreFailureKind.Passing => "passing",
        StoreFailureKind.Other => "other",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind."),
    };

    public static string Of(SessionPhase phase) => phase switch
    {
        SessionPhase.Attached => "attached",
        SessionPhase.Detached => "detached",
        SessionPhase.Parked => "parked",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "There is no such phase."),
    };

    public static string Of(SessionChange change) => change switch
    {
        SessionChange.Opened => "opened",
        SessionChange.Attached => "attached",
        SessionChange.Detached => "detached",
        SessionChange.Superseded => "superseded",
        SessionChange.Moved => "moved",
        SessionChange.Adopted => "adopted",
        SessionChange.Loaded => "loaded",
        SessionChange.Parked => "parked",
        SessionChange.Disconnected => "disconnected",
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "There is no such change."),
    };

    public static string? Of(StreamPosition? position) => position is { IsNone: false } known ? known.ToString() : null;

    /// <returns>Null: there has been none.</returns>
    public static string? Of(Attachment attachment) =>
        attachment == default ? null : string.Create(CultureInfo.InvariantCulture, $"{attachment.Attempt}.{attachment.Ordinal}");

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;
}
