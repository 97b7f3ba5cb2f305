using System.Security.Cryptography;
using Realtime.Messages.Errors;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Webhooks.Http;

namespace Realtime.Node.Webhooks.Decisions;

/// <summary>Asks one endpoint. Whatever it does, a verdict comes: when it is slow, down or wrong the endpoint's configuration says which.</summary>
internal sealed class DecidingEndpoint(WebhookEndpoint endpoint, WebhookClient client, WebhookInstruments metrics, EndpointTrouble trouble, TimeProvider time)
{
    private const int ComeAgain = 1_000;

    public WebhookEndpoint Endpoint => endpoint;

    /// <param name="key">Of a numbered call.</param>
    public async Task<Verdict> AskAsync(Question question, string? key)
    {
        var started = time.GetTimestamp();
        var (verdict, outcome) = await DecideAsync(question, key).ConfigureAwait(false);
        metrics.Decided(endpoint.Name, QuestionJson.HookOf(question), outcome, time.GetElapsedTime(started));
        return verdict;
    }

    private async Task<(Verdict Verdict, string Outcome)> DecideAsync(Question question, string? key)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var hook = QuestionJson.HookOf(question);
        WebhookAnswer answer;
        try
        {
            answer = await client.PostAsync(new WebhookRequest(hook, id, QuestionJson.Write(question, id), key), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            answer = new WebhookAnswer.Failed(WebhookFailure.Connection, $"the request failed ({fault.GetType().Name})", WasSent: true);
        }

        if (answer is WebhookAnswer.Answered { Body: var body })
        {
            if (AnswerJson.Read(question, body, out var wrong) is { } verdict)
            {
                trouble.Over(hook);
                return (verdict, verdict is Verdict.Refused ? "refused" : "allowed");
            }

            answer = new WebhookAnswer.Failed(WebhookFailure.Answer, wrong!, WasSent: true);
        }

        var failed = (WebhookAnswer.Failed)answer;
        var isAllowed = question is not Question.Call && (endpoint.AllowedOnFailure & HookOf(question)) != 0;
        trouble.Failed(hook, failed.Why, isAllowed);
        return (isAllowed ? Verdict.Yes : RefusalOf(question, failed), OutcomeOf(failed.Failure));
    }

    /// <summary>A decision that is not made is a no without effect. A call may have been carried out.</summary>
    private static Verdict.Refused RefusalOf(Question question, WebhookAnswer.Failed failed)
    {
        if (failed.Failure is WebhookFailure.Busy)
        {
            return new Verdict.Refused(ErrorCode.TooMany, "the application has too much to do", ComeAgain);
        }

        if (question is Question.Call && failed.WasSent)
        {
            return failed.Failure is WebhookFailure.Timeout
                ? new Verdict.Refused(ErrorCode.Timeout, "the application did not answer in time", ComeAgain, Outcome.Unknown)
                : new Verdict.Refused(ErrorCode.Internal, "the application failed", null, Outcome.Unknown);
        }

        return new Verdict.Refused(ErrorCode.Unavailable, "the application cannot be asked now", (int?)failed.RetryAfter?.TotalMilliseconds ?? ComeAgain);
    }

    private static WebhookHooks HookOf(Question question) => question switch
    {
        Question.Connect => WebhookHooks.Connect,
        Question.Subscribe => WebhookHooks.Subscribe,
        Question.Publish => WebhookHooks.Publish,
        _ => WebhookHooks.Call,
    };

    private static string OutcomeOf(WebhookFailure failure) => failure switch
    {
        WebhookFailure.Timeout => "timeout",
        WebhookFailure.Breaker or WebhookFailure.Busy => "not_asked",
        _ => "failed",
    };
}
