using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Realtime.Node.Webhooks.Http;

/// <summary>How requests to one endpoint are bounded, ended, repeated and held back. Decisions and events have one each: what goes wrong with one does not hold up the other.</summary>
internal static class WebhookPipeline
{
    private const int Tries = 2;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>How long nothing is asked when the breaker has opened.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>A decision waits for its turn, and may be tried again when the application can tell a repeat, all within the endpoint's time.</summary>
    public static ResiliencePipeline<HttpResponseMessage> OfDecisions(WebhookEndpoint endpoint, CircuitBreakerStateProvider breaker, TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = endpoint.Timeout })
            .AddConcurrencyLimiter(endpoint.Concurrency, endpoint.Queue)
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = Tries,
                Delay = FirstPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = false,
                ShouldHandle = attempt => ValueTask.FromResult(
                    attempt.Context.GetRequestMessage()?.Headers.Contains(WebhookClient.IdempotencyHeader) is true
                    && HttpClientResiliencePredicates.IsTransient(attempt.Outcome)
                    && attempt.Outcome.Exception is not WebhookFaultException),
            })
            .AddCircuitBreaker(Breaker(breaker))
            .Build();

    /// <summary>An event is tried again by its delivery, in its order.</summary>
    public static ResiliencePipeline<HttpResponseMessage> OfEvents(WebhookEndpoint endpoint, CircuitBreakerStateProvider breaker, TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddCircuitBreaker(Breaker(breaker))
            .AddTimeout(new TimeoutStrategyOptions { Timeout = endpoint.Timeout })
            .Build();

    /// <summary>Opens when half of ten or more requests within ten seconds have failed, and tries again after five.</summary>
    private static HttpCircuitBreakerStrategyOptions Breaker(CircuitBreakerStateProvider state) => new()
    {
        FailureRatio = 0.5,
        MinimumThroughput = 10,
        SamplingDuration = TimeSpan.FromSeconds(10),
        BreakDuration = Pause,
        StateProvider = state,

        // A decision that runs out of time is cancelled from outside; that counts as well.
        ShouldHandle = attempt => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(attempt.Outcome) || attempt.Outcome.Exception is OperationCanceledException or TimeoutRejectedException),
    };
}
