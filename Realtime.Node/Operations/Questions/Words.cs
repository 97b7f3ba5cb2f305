using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Operations.Questions;

/// <summary>How states are called in answers.</summary>
internal static class Words
{
    public static string Of(Standing standing) => standing switch
    {
        Standing.Sure => "sure",
        Standing.Unsure => "unsure",
        Standing.Frozen => "frozen",
        Standing.Out => "out",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, "There is no such standing."),
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

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;

    /// <summary>What the engine says of an action.</summary>
    public static OperatorReply Of(SteeringResult result) => result.Outcome switch
    {
        SteeringOutcome.Done => OperatorReply.Done(result.Message),
        SteeringOutcome.Unknown => OperatorReply.NotFound(result.Message),
        SteeringOutcome.Refused => OperatorReply.Conflict(result.Message),
        SteeringOutcome.Unavailable => OperatorReply.Unavailable(result.Message),
        SteeringOutcome.Unclear => OperatorReply.Timeout(result.Message),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Outcome, "There is no such outcome."),
    };
}
