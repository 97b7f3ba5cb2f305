using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>What the application says to a <see cref="Question"/>.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    public static Verdict Yes { get; } = new Allowed();

    /// <summary>What is no yes is a no; an answer to another question is a fault of the application.</summary>
    public static Refused NoOf(Verdict verdict) =>
        verdict as Refused ?? new Refused(ErrorCode.Internal, "the application gave no answer to this", null, Outcome.Unknown);

    /// <summary>It may do that.</summary>
    public sealed record Allowed : Verdict
    {
        /// <summary>To a connect: who it is. Null: whoever it was.</summary>
        public SessionIdentity? Identity { get; init; }

        /// <summary>To a publish: what is published instead. Null: what was sent.</summary>
        public Payload? Payload { get; init; }
    }

    /// <summary>To a call.</summary>
    public sealed record Answered(Payload? Data) : Verdict;

    /// <param name="RetryAfter">Milliseconds.</param>
    public sealed record Refused(ErrorCode Code, string Text, int? RetryAfter = null, Outcome Outcome = Outcome.None) : Verdict;
}
