using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Application.Handlers;

/// <summary>Of handlers that clients wait for.</summary>
/// <param name="toVerdict">From what the handler returned.</param>
internal sealed class VerdictEnds(Func<object?, Verdict> toVerdict) : IHandlerEnds<Verdict>
{
    private const int RetryAfter = 1000;

    public Verdict Returned(object? value) => toVerdict(value);

    public Verdict Refused(RefusedException refused) => new Verdict.Refused(refused.Code, refused.Message, (int?)refused.RetryAfter?.TotalMilliseconds);

    public Verdict Busy() => new Verdict.Refused(ErrorCode.TooMany, "the application has too much to do", RetryAfter);

    public Verdict TooSlow(TimeSpan limit) => new Verdict.Refused(ErrorCode.Timeout, "the application did not answer in time", RetryAfter, Outcome.Unknown);

    public Verdict Failed() => new Verdict.Refused(ErrorCode.Internal, "the application failed", null, Outcome.Unknown);
}
